namespace Deployment.Sql.Scripts;

/// <summary>What a file is to its script.</summary>
internal enum SqlFilePart
{
    Script,
    Undo,
    Verify,
}
