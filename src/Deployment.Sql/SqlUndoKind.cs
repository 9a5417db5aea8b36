namespace Deployment.Sql;

/// <summary>How a script is taken back.</summary>
public enum SqlUndoKind
{
    /// <summary>By a script of its own.</summary>
    Script = 0,

    /// <summary>There is nothing to take back: what the script did goes with what an earlier script takes back, or harms nobody.</summary>
    Nothing = 1,

    /// <summary>It can't be taken back.</summary>
    Impossible = 2,
}
