namespace Deployment.Sql;

/// <summary>What a rehearsal found wrong with a script.</summary>
public enum RehearsalProblem
{
    /// <summary>It could not be applied.</summary>
    ApplyFailed = 0,

    /// <summary>It was applied, and its verification answers something else than was expected.</summary>
    NotVerified = 1,

    /// <summary>Its undo failed.</summary>
    UndoFailed = 2,

    /// <summary>After its undo the schema is not what it was before it.</summary>
    SchemaNotGivenBack = 3,

    /// <summary>After its undo a table's rows are not what they were before it, and it doesn't declare that it destroys data.</summary>
    RowsNotGivenBack = 4,

    /// <summary>A repeatable script could not be run twice, or changed something the second time; or a numbered one could not be applied again after its undo.</summary>
    NotRepeatable = 5,
}
