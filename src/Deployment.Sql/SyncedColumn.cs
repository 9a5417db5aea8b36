namespace Deployment.Sql;

/// <summary>A column that <see cref="SyncedColumns"/> adds, or gives back when its contract is undone.</summary>
/// <param name="Name">Its name as SQL has it: <c>name</c>, or <c>"Name"</c> where it is not in lower case.</param>
/// <param name="Type">Its type, such as <c>numeric(12,2)</c>; one that is not PostgreSQL's own with its schema, such as <c>public.citext</c>.</param>
public sealed record SyncedColumn(string Name, string Type)
{
    /// <summary>Its default, an expression of SQL; null for none. A new column gets it in the contract: before, it could not be told from what a release wrote. Default null.</summary>
    public string? Default { get; init; }

    /// <summary>Whether it must have a value. A new column gets a check in the contract, not yet validated; the old one <c>NOT NULL</c> when the contract is undone. Default false.</summary>
    public bool IsRequired { get; init; }
}
