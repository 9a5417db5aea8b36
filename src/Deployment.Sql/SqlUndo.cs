using Deployment.Sql.Scripts;

namespace Deployment.Sql;

/// <summary>How a script is taken back: by a text of its own, or the reason why there is none.</summary>
public sealed class SqlUndo
{
    private readonly SqlSource? _source;

    private SqlUndo(SqlUndoKind kind, string? reason, SqlSource? source) => (Kind, Reason, _source) = (kind, reason, source);

    /// <summary>Which way.</summary>
    public SqlUndoKind Kind { get; }

    /// <summary>Why there is no text; null where there is one.</summary>
    public string? Reason { get; }

    /// <summary>The file's name, such as <c>001_add-email.expand.undo.sql</c>; null where there is no text.</summary>
    public string? FileName => _source?.FileName;

    /// <summary>What is run, its lines ended by LF; null where there is no text.</summary>
    public string? Text => _source?.Text;

    /// <summary>SHA-256 of <see cref="Text"/> in hexadecimal, whatever its line endings are; null where there is no text.</summary>
    public string? Checksum => _source?.Checksum;

    /// <summary>Whether the text is run in one transaction. True unless the file declares <c>-- transaction: none</c>.</summary>
    public bool RunsInTransaction => _source?.Header.RunsInTransaction ?? true;

    internal SqlSource? Source => _source;

    internal static SqlUndo By(SqlSource source) => new(SqlUndoKind.Script, reason: null, source);

    internal static SqlUndo Without(SqlUndoKind kind, string reason) => new(kind, reason, source: null);
}
