# Serves Request Tracker 5 of Debian's packages for a test, from a database that it makes in a folder of its own. It writes the port
# and a token of the user `root` to its standard output.
# usage: rt.pl FOLDER
use strict;
use warnings;
use IO::Socket::INET;

my ($folder) = @ARGV;
my $port = IO::Socket::INET->new(Listen => 1, LocalAddr => '127.0.0.1')->sockport;
mkdir "$folder/$_" for qw(settings mason sessions);
open my $file, '>', "$folder/RT_SiteConfig.pm" or die $!;
print $file <<"END";
Set(\$rtname, 'example.org');
Set(\$Organization, 'example.org');
Set(\$WebDomain, '127.0.0.1');
Set(\$WebPort, $port);
Set(\$DatabaseType, 'SQLite');
Set(\$DatabaseName, '$folder/rt.db');
Set(\$DatabaseUser, '');
Set(\$DatabasePassword, '');
Set(\$MailCommand, 'testfile');
Set(\$BcryptCost, 10);
Set(\$LogToSyslog, undef);
Set(\$LogToSTDERR, 'error');
Set(\$MasonDataDir, '$folder/mason');
Set(\$MasonSessionDir, '$folder/sessions');
1;
END
close $file;
$ENV{RT_SITE_CONFIG} = "$folder/RT_SiteConfig.pm";
$ENV{RT_SITE_CONFIG_DIR} = "$folder/settings";
system("rt-setup-database-5 --action init --skip-create >$folder/setup.log 2>&1") == 0 or die "no database";

my $pid = fork // die $!;
if (!$pid) {
    unshift @INC, '/usr/share/request-tracker5/lib';
    require RT;
    RT->LoadConfig;
    RT->Init;
    my $root = RT::CurrentUser->new;
    $root->Load('root');
    my ($id, $said, $token) = RT::AuthToken->new($root)->Create(Owner => $root->Id, Description => 'casebook');
    $id or die $said;
    print "$port $token\n";
    exit;
}
waitpid $pid, 0;
$? == 0 or die "no token";
exec '/usr/share/request-tracker5/libexec/standalone_httpd', '--host', '127.0.0.1', '--port', $port;
