//! The closed vocabularies of the format: each word is written exactly so in code, files and reports.

use super::{Malformed, nearest};
use std::fmt;
use std::str::FromStr;

/// A closed set of words.
pub trait Vocabulary: Sized + Copy + FromStr<Err = Malformed> + fmt::Display + 'static {
    /// What one word of it is called, such as "a severity".
    const NAME: &'static str;
    /// Every word, in order.
    const WORDS: &'static [&'static str];
}

macro_rules! vocabulary {
    ($(#[$doc:meta])* $name:ident, $what:literal { $($variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name { $(#[serde(rename = $word)] $variant),+ }

        impl Vocabulary for $name {
            const NAME: &'static str = $what;
            const WORDS: &'static [&'static str] = &[$($word),+];
        }

        impl $name {
            pub const ALL: &'static [$name] = &[$($name::$variant),+];

            pub fn word(self) -> &'static str {
                Self::WORDS[self as usize]
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.word())
            }
        }

        impl FromStr for $name {
            type Err = Malformed;

            fn from_str(text: &str) -> Result<Self, Malformed> {
                match Self::WORDS.iter().position(|word| *word == text) {
                    Some(index) => Ok(Self::ALL[index]),
                    None => Err(not_a_word(text, Self::NAME, Self::WORDS)),
                }
            }
        }
    };
}

fn not_a_word(text: &str, what: &str, words: &[&str]) -> Malformed {
    let error = Malformed::new(format!("`{text}` is not {what}"));
    let lower = text.trim().to_lowercase();
    if what == "a marking" {
        let bare = lower.trim_start_matches("tlp:").trim();
        if bare == "white" {
            return error.help("TLP 2.0 calls it `clear`; `white` was its name in TLP 1.0");
        }
        if words.contains(&bare) {
            return error.help(format!("write `{bare}`"));
        }
    }
    match nearest(&lower, words.iter().copied()) {
        Some(word) => error.help(format!("did you mean `{word}`? the words are {}", words.join(", "))),
        None => error.help(format!("the words are {}", words.join(", "))),
    }
}

vocabulary!(
    /// How bad it is.
    Severity, "a severity" {
        Informational = "informational", Low = "low", Medium = "medium", High = "high", Critical = "critical",
    }
);
vocabulary!(
    /// How sure the analyst is (ICD 203 calls them low, moderate and high).
    Confidence, "a confidence" { Low = "low", Moderate = "moderate", High = "high" }
);
vocabulary!(
    /// Who may read it: the Traffic Light Protocol 2.0 of FIRST (<https://www.first.org/tlp/>).
    Marking, "a marking" {
        Clear = "clear", Green = "green", Amber = "amber", AmberStrict = "amber+strict", Red = "red",
    }
);
vocabulary!(
    /// Where the case stands.
    CaseStatus, "a case status" {
        Open = "open", Contained = "contained", Eradicated = "eradicated", Recovered = "recovered", Closed = "closed",
    }
);
vocabulary!(
    /// What kind of incident it is.
    Category, "a category" {
        Undetermined = "undetermined",
        Ransomware = "ransomware",
        BusinessEmailCompromise = "business-email-compromise",
        Phishing = "phishing",
        WebIntrusion = "web-intrusion",
        AccountTakeover = "account-takeover",
        Intrusion = "intrusion",
        Malware = "malware",
        Insider = "insider",
        LostDevice = "lost-device",
        SupplyChain = "supply-chain",
        DataBreach = "data-breach",
        DenialOfService = "denial-of-service",
        Fraud = "fraud",
        Other = "other",
    }
);
vocabulary!(
    /// What an objective measures: from detection, or from occurrence for the time to detect, to a milestone.
    Measure, "a measure" {
        TimeToDetect = "time-to-detect",
        TimeToReport = "time-to-report",
        TimeToContain = "time-to-contain",
        TimeToEradicate = "time-to-eradicate",
        TimeToRecover = "time-to-recover",
        TimeToClose = "time-to-close",
    }
);
vocabulary!(
    /// The milestones of a case, in the order in which they usually come.
    Milestone, "a milestone" {
        Occurred = "occurred",
        Detected = "detected",
        Reported = "reported",
        Contained = "contained",
        Eradicated = "eradicated",
        Recovered = "recovered",
        Closed = "closed",
    }
);
vocabulary!(
    /// Where a finding stands.
    FindingStatus, "a finding status" {
        Draft = "draft",
        Proposed = "proposed",
        Confirmed = "confirmed",
        Refuted = "refuted",
        Superseded = "superseded",
        Withdrawn = "withdrawn",
    }
);
vocabulary!(
    /// What a finding is: seen, concluded, supposed, ruled out, or ascribed to somebody.
    FindingType, "a finding type" {
        Observation = "observation",
        Inference = "inference",
        Hypothesis = "hypothesis",
        Exclusion = "exclusion",
        Attribution = "attribution",
    }
);
vocabulary!(
    /// Whether an event, indicator or asset still counts.
    EntryStatus, "an entry status" { Active = "active", Superseded = "superseded", Withdrawn = "withdrawn" }
);
vocabulary!(
    /// Who did what an event tells.
    Actor, "an actor" { Attacker = "attacker", Responder = "responder", System = "system", User = "user", Unknown = "unknown" }
);
vocabulary!(
    /// The tactics of MITRE ATT&CK Enterprise, in the order of its matrix.
    Tactic, "an ATT&CK tactic" {
        Reconnaissance = "reconnaissance",
        ResourceDevelopment = "resource-development",
        InitialAccess = "initial-access",
        Execution = "execution",
        Persistence = "persistence",
        PrivilegeEscalation = "privilege-escalation",
        DefenseEvasion = "defense-evasion",
        CredentialAccess = "credential-access",
        Discovery = "discovery",
        LateralMovement = "lateral-movement",
        Collection = "collection",
        CommandAndControl = "command-and-control",
        Exfiltration = "exfiltration",
        Impact = "impact",
    }
);
vocabulary!(
    /// Which way the activity of an event went, seen from the organisation.
    Direction, "a direction" {
        Inbound = "inbound", Outbound = "outbound", Lateral = "lateral", Local = "local",
    }
);
vocabulary!(
    /// The type of an indicator: MISP attribute type names, and `other`.
    IndicatorType, "an indicator type" {
        IpSrc = "ip-src",
        IpDst = "ip-dst",
        IpDstPort = "ip-dst|port",
        Domain = "domain",
        Hostname = "hostname",
        Url = "url",
        Email = "email",
        EmailSrc = "email-src",
        EmailDst = "email-dst",
        EmailSubject = "email-subject",
        Md5 = "md5",
        Sha1 = "sha1",
        Sha256 = "sha256",
        Sha512 = "sha512",
        Ssdeep = "ssdeep",
        Imphash = "imphash",
        Filename = "filename",
        FilenameSha256 = "filename|sha256",
        Regkey = "regkey",
        Mutex = "mutex",
        NamedPipe = "named pipe",
        WindowsServiceName = "windows-service-name",
        WindowsScheduledTask = "windows-scheduled-task",
        UserAgent = "user-agent",
        MacAddress = "mac-address",
        Asn = "AS",
        Ja3 = "ja3-fingerprint-md5",
        X509Sha1 = "x509-fingerprint-sha1",
        X509Sha256 = "x509-fingerprint-sha256",
        Btc = "btc",
        Account = "target-user",
        Process = "process-state",
        CommandLine = "text",
        Yara = "yara",
        Sigma = "sigma",
        Snort = "snort",
        Other = "other",
    }
);
vocabulary!(
    /// What an indicator is taken for.
    Verdict, "a verdict" {
        Unknown = "unknown", Malicious = "malicious", Suspicious = "suspicious", Benign = "benign",
    }
);
vocabulary!(
    /// What kind of asset it is.
    AssetKind, "an asset kind" {
        Host = "host",
        Server = "server",
        Account = "account",
        Mailbox = "mailbox",
        CloudResource = "cloud-resource",
        Application = "application",
        Network = "network",
        NetworkDevice = "network-device",
        MobileDevice = "mobile-device",
        DataSet = "data-set",
        Other = "other",
    }
);
vocabulary!(
    /// How much the organisation depends on an asset.
    Criticality, "a criticality" { Low = "low", Medium = "medium", High = "high", Critical = "critical" }
);
vocabulary!(
    /// Whether an asset is in the attacker's hands.
    Compromise, "a compromise status" {
        Unknown = "unknown", Suspected = "suspected", Compromised = "compromised", Cleared = "cleared",
    }
);
vocabulary!(
    /// What has been done to stop an asset from doing harm.
    Containment, "a containment status" {
        None = "none",
        Monitored = "monitored",
        Isolated = "isolated",
        Disabled = "disabled",
        Rebuilt = "rebuilt",
        Restored = "restored",
    }
);
vocabulary!(
    /// What an action is for.
    Phase, "a phase" {
        Investigate = "investigate",
        Contain = "contain",
        Eradicate = "eradicate",
        Recover = "recover",
        Duty = "duty",
        Recommend = "recommend",
    }
);
vocabulary!(
    /// Where an action stands.
    ActionStatus, "an action status" {
        Open = "open",
        InProgress = "in-progress",
        Done = "done",
        Declined = "declined",
        Superseded = "superseded",
        Withdrawn = "withdrawn",
    }
);
vocabulary!(
    /// How soon an action is needed.
    Priority, "a priority" { Low = "low", Medium = "medium", High = "high", Urgent = "urgent" }
);
vocabulary!(
    /// Where a decision stands: still to take, taken, or no longer standing.
    DecisionStatus, "a decision status" {
        Open = "open", Taken = "taken", Superseded = "superseded", Withdrawn = "withdrawn",
    }
);
vocabulary!(
    /// What kind of thing an evidence item is.
    EvidenceKind, "an evidence kind" {
        DiskImage = "disk-image",
        MemoryImage = "memory-image",
        Log = "log",
        NetworkCapture = "network-capture",
        File = "file",
        Email = "email",
        Malware = "malware",
        TriageCollection = "triage-collection",
        CloudExport = "cloud-export",
        ToolOutput = "tool-output",
        Photo = "photo",
        Document = "document",
        Device = "device",
        Other = "other",
    }
);
vocabulary!(
    /// Where the bytes of an evidence item live; `none` for a physical exhibit.
    Storage, "a storage" { Git = "git", Lfs = "lfs", Store = "store", None = "none" }
);
vocabulary!(
    /// What was done with an evidence item.
    CustodyAction, "a custody action" {
        Collected = "collected",
        Received = "received",
        Transferred = "transferred",
        Accessed = "accessed",
        Copied = "copied",
        Exported = "exported",
        Sealed = "sealed",
        Returned = "returned",
        Disposed = "disposed",
        Retracted = "retracted",
    }
);
vocabulary!(
    /// What somebody does in a case.
    Role, "a role" {
        Analyst = "analyst",
        Reviewer = "reviewer",
        Lead = "lead",
        Custodian = "custodian",
        Operations = "operations",
        Developer = "developer",
        Legal = "legal",
        Business = "business",
        Communications = "communications",
        Executive = "executive",
        Auditor = "auditor",
    }
);
vocabulary!(
    /// What somebody says of the entries that they sign off.
    Vote, "a vote" { Approve = "approve", Reject = "reject", Withdraw = "withdraw" }
);
vocabulary!(
    /// An audience that every case has.
    KnownAudience, "an audience that every case has" {
        Technical = "technical",
        Executive = "executive",
        Legal = "legal",
        Operations = "operations",
        Customer = "customer",
        Indicators = "indicators",
        Status = "status",
        Review = "review",
    }
);
vocabulary!(
    /// A section of a report.
    ReportSection, "a section of a report" {
        Summary = "summary",
        Changes = "changes",
        Conditions = "conditions",
        Course = "course",
        Story = "story",
        Certainty = "certainty",
        Impact = "impact",
        Response = "response",
        Needs = "needs",
        Open = "open",
        Objectives = "objectives",
        Recommendations = "recommendations",
        Lessons = "lessons",
        Milestones = "milestones",
        Findings = "findings",
        Timeline = "timeline",
        Assets = "assets",
        Indicators = "indicators",
        Actions = "actions",
        Decisions = "decisions",
        Duties = "duties",
        Evidence = "evidence",
        Classification = "classification",
        Releases = "releases",
        Notes = "notes",
        Retired = "retired",
    }
);
vocabulary!(
    /// Whose words a report uses: those of everybody, or those of analysts.
    Wording, "a wording" { Plain = "plain", Technical = "technical" }
);
vocabulary!(
    /// How a report speaks of the people of the roster.
    Naming, "a way to speak of people" { Names = "names", Roles = "roles", Nobody = "nobody" }
);
vocabulary!(
    /// Where findings and decisions must stand at least before an audience is told of them.
    LeastStanding, "a standing" { Authored = "authored", Reviewed = "reviewed", Approved = "approved" }
);
vocabulary!(
    /// What somebody is told of: that something came to be so, is otherwise, or is so no longer, or that a time came.
    Occasion, "an occasion" {
        Reached = "reached",
        Changed = "changed",
        Corrected = "corrected",
        Milestone = "milestone",
        DueSoon = "due-soon",
        Overdue = "overdue",
        ObjectiveMissed = "objective-missed",
    }
);
vocabulary!(
    /// How a rule reports: it blocks, it warns, or it is silent.
    Level, "a level" { Off = "off", Warning = "warning", Error = "error" }
);
vocabulary!(
    /// The type of a team's own field.
    CustomType, "a custom field type" {
        Text = "text", Integer = "integer", Boolean = "boolean", Time = "time", List = "list",
    }
);
vocabulary!(
    /// What the case turned out to be.
    Outcome, "an outcome" {
        TruePositive = "true-positive",
        TruePositiveNoImpact = "true-positive-no-impact",
        FalsePositive = "false-positive",
        Benign = "benign",
        Duplicate = "duplicate",
        Undetermined = "undetermined",
    }
);
