namespace Deployment.Sql.Running;

/// <summary>How far a script, or its undo, has come.</summary>
internal enum HistoryState
{
    /// <summary>A script without a transaction was begun, and may have stopped half way.</summary>
    Started,

    /// <summary>It ran to its end.</summary>
    Applied,

    /// <summary>Its undo, without a transaction, was begun, and may have stopped half way.</summary>
    Undoing,
}
