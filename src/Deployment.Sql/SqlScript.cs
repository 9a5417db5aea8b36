using Deployment.Migrations;
using Deployment.Sql.Scripts;

namespace Deployment.Sql;

/// <summary>A script of a folder, with how it is taken back and how one sees that it worked.</summary>
public sealed class SqlScript
{
    internal SqlScript(SqlFileName name, SqlSource source, SqlUndo? undo, IReadOnlyList<SqlVerification> verifications)
    {
        Name = name.Name;
        Number = name.Number;
        Phase = name.Phase;
        Id = name.Id;
        Source = source;
        Undo = undo;
        Verifications = verifications;
    }

    /// <summary>What it is known by, such as <c>001_add-email.expand</c> or <c>R_reports</c>: unique in its folder.</summary>
    public string Id { get; }

    /// <summary>The name of the change that it is a part of, such as <c>add-email</c>.</summary>
    public string Name { get; }

    /// <summary>The number of the change, which its phases have in common; at least 0. Null for a repeatable script.</summary>
    public int? Number { get; }

    /// <summary>When it runs. Repeatable scripts run with the expands, after all numbered ones.</summary>
    public MigrationPhase Phase { get; }

    /// <summary>Whether it runs again whenever its text has changed, such as a view or a function: <c>R_reports.sql</c>.</summary>
    public bool IsRepeatable => Number is null;

    /// <summary>The file's name, such as <c>001_add-email.expand.sql</c>.</summary>
    public string FileName => Source.FileName;

    /// <summary>What is run, its lines ended by LF.</summary>
    public string Text => Source.Text;

    /// <summary>SHA-256 of <see cref="Text"/> in hexadecimal, the same for every line ending and with or without a byte order mark.</summary>
    public string Checksum => Source.Checksum;

    /// <summary>Whether it is run in one transaction. True unless it declares <c>-- transaction: none</c>.</summary>
    public bool RunsInTransaction => Source.Header.RunsInTransaction;

    /// <summary>How a backfill goes through a table; null for a script that is run once.</summary>
    public MigrationBatches? Batches => Source.Header.Batches;

    /// <summary>Why it may destroy data, as its header says; null where it declares nothing.</summary>
    public string? DestroysData => Source.Header.DestroysData;

    /// <summary>How it is taken back. Null for a repeatable script: that stays when the release goes back, and older releases must work with it.</summary>
    public SqlUndo? Undo { get; }

    /// <summary>What is asked after it ran; empty where there is nothing to ask.</summary>
    public IReadOnlyList<SqlVerification> Verifications { get; }

    internal SqlSource Source { get; }

    /// <summary>Its <see cref="Id"/>.</summary>
    public override string ToString() => Id;
}
