using Deployment.Sql.Statements;

namespace Deployment.Sql.Scripts;

/// <summary>A file that was read: its text, cut up.</summary>
internal sealed record SqlSource(string FileName, string Text, SqlHeader Header, SqlStatements Statements)
{
    internal string Checksum { get; } = SqlText.Checksum(Text);
}
