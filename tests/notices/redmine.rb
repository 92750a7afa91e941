# Serves Redmine of Debian's packages for a test. It writes a free port and a key of the user `admin` to its standard output.
# usage: redmine.rb FOLDER   (FOLDER holds redmine.db, a copy of the database that the package made)

# Before Bundler, which hides what Redmine's own list of gems does not name.
require "webrick"

ENV["RAILS_ENV"] = "production"
ENV["DATABASE_URL"] = "sqlite3:#{ARGV[0]}/redmine.db"
Dir.chdir "/usr/share/redmine"
require "/usr/share/redmine/config/environment"
require "rack/handler/webrick"

Setting.rest_api_enabled = "1"
admin = User.find_by(login: "admin")
admin.update!(must_change_passwd: false)
Project.create!(name: "Incident response", identifier: "ir", is_public: false, trackers: Tracker.all,
                enabled_module_names: ["issue_tracking"])

server = WEBrick::HTTPServer.new(BindAddress: "127.0.0.1", Port: 0, Logger: WEBrick::Log.new(File::NULL), AccessLog: [])
server.mount "/", Rack::Handler::WEBrick, Rails.application
puts "#{server.listeners.first.addr[1]} #{admin.api_key}"
$stdout.flush
server.start
