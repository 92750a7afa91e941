//! Tables of Eric Zimmerman's tools (<https://ericzimmerman.github.io>): MFTECmd, EvtxECmd, AmcacheParser, AppCompatCacheParser,
//! PECmd, LECmd, JLECmd, SBECmd and RECmd. They write times in UTC.

use super::super::cut;
use super::super::format::{Format, Head, Hear};
use super::super::instant::{self, Form, NoInstant, Told};
use super::super::row::{Row, Timed};
use super::super::table::{self, Cells, Header};
use std::io::{self, BufRead};

pub const FORMAT: Format = Format {
    name: "zimmerman",
    what: "a table of MFTECmd, EvtxECmd or another EZ tool",
    detect,
    cut: cut::table,
    read,
};

/// A table of one of the tools, by columns that no other has.
struct Kind {
    /// The tool.
    tool: &'static str,
    has: &'static [&'static str],
    /// Columns with times, the most telling first.
    times: &'static [&'static str],
    /// Columns that say what it is about, joined.
    says: &'static [&'static str],
}

const KINDS: &[Kind] = &[
    Kind {
        tool: "MFTECmd",
        has: &["entrynumber", "sequencenumber", "inuse", "created0x10"],
        times: &[
            "created0x10",
            "lastmodified0x10",
            "lastrecordchange0x10",
            "lastaccess0x10",
            "created0x30",
            "lastmodified0x30",
            "lastrecordchange0x30",
            "lastaccess0x30",
        ],
        says: &["parentpath", "filename"],
    },
    Kind {
        tool: "MFTECmd",
        has: &["updatetimestamp", "updatereasons", "updatesequencenumber"],
        times: &["updatetimestamp"],
        says: &["updatereasons", "parentpath", "name"],
    },
    Kind {
        tool: "EvtxECmd",
        has: &["recordnumber", "eventrecordid", "timecreated", "eventid", "channel"],
        times: &["timecreated"],
        says: &["eventid", "mapdescription", "payloaddata1", "executableinfo"],
    },
    Kind {
        tool: "AmcacheParser",
        has: &["filekeylastwritetimestamp", "fullpath", "sha1"],
        times: &["filekeylastwritetimestamp", "linkdate"],
        says: &["fullpath", "productname"],
    },
    Kind {
        tool: "AppCompatCacheParser",
        has: &["cacheentryposition", "path", "lastmodifiedtimeutc"],
        times: &["lastmodifiedtimeutc"],
        says: &["path"],
    },
    Kind {
        tool: "PECmd",
        has: &["executablename", "runcount", "lastrun"],
        times: &[
            "lastrun",
            "previousrun0",
            "previousrun1",
            "previousrun2",
            "previousrun3",
            "previousrun4",
            "previousrun5",
            "previousrun6",
            "sourcecreated",
        ],
        says: &["executablename"],
    },
    Kind { tool: "PECmd", has: &["runtime", "executablename"], times: &["runtime"], says: &["executablename"] },
    Kind {
        tool: "LECmd",
        has: &["sourcefile", "sourcecreated", "targetcreated", "localpath"],
        times: &[
            "sourcecreated",
            "sourcemodified",
            "sourceaccessed",
            "targetcreated",
            "targetmodified",
            "targetaccessed",
            "trackercreatedon",
        ],
        says: &["localpath", "arguments"],
    },
    Kind {
        tool: "SBECmd",
        has: &["bagpath", "slot", "absolutepath", "lastwritetime"],
        times: &["lastinteracted", "firstinteracted", "lastwritetime", "createdon", "modifiedon", "accessedon"],
        says: &["absolutepath"],
    },
    Kind {
        tool: "RECmd",
        has: &["hivepath", "keypath", "valuename", "lastwritetimestamp"],
        times: &["lastwritetimestamp"],
        says: &["keypath", "valuename", "valuedata"],
    },
];

fn detect(head: &Head<'_>) -> bool {
    let header = Header::of_line(&head.first_line(), b',');
    KINDS.iter().any(|kind| header.has(kind.has))
}

fn read(source: &mut dyn BufRead, _: &Told, hear: &mut Hear<'_>) -> io::Result<()> {
    table::each(source, b',', &mut |cells| row(cells), hear)
}

fn row(cells: &Cells<'_>) -> Result<Row, String> {
    let kind =
        KINDS.iter().find(|kind| cells.header().has(kind.has)).ok_or("its header is of no tool that is known")?;
    let time = |name: &&str| {
        let at = instant::read(cells.get(name).unwrap_or_default(), Form::IsoUtc, &Told::default());
        (at != Err(NoInstant::Absent)).then(|| Timed { means: (*name).to_owned(), at })
    };
    let said: Vec<&str> = kind.says.iter().filter_map(|name| cells.get(name)).collect();
    Ok(Row {
        times: kind.times.iter().filter_map(time).collect(),
        message: format!("{}: {}", kind.tool, said.join(" ")),
        host: cells.text("computer").or_else(|| cells.text("machineid")),
        account: cells.text("username"),
        source: cells.text("remotehost"),
        fields: cells.fields(),
        ..Row::default()
    })
}
