namespace Deployment.Runbooks;

/// <summary>Whether a step can be undone.</summary>
public enum UndoKind
{
    /// <summary>By an operation.</summary>
    Operation,

    /// <summary>By an operation that a rollback does only where the step failed: once done it stays, and is undone when a person asks for it.</summary>
    Kept,

    /// <summary>There is nothing to undo.</summary>
    Nothing,

    /// <summary>It can't be undone.</summary>
    Impossible,
}
