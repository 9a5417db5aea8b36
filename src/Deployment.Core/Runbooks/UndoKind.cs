namespace Deployment.Runbooks;

/// <summary>Whether a step can be undone.</summary>
public enum UndoKind
{
    /// <summary>By an operation.</summary>
    Operation,

    /// <summary>There is nothing to undo.</summary>
    Nothing,

    /// <summary>It can't be undone.</summary>
    Impossible,
}
