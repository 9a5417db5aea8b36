using Microsoft.EntityFrameworkCore.Migrations.Operations;

namespace Deployment.Providers.EntityFrameworkCore.Reading;

/// <summary>Reads the operations of a migration.</summary>
internal static class Operations
{
    /// <param name="operation">The operation.</param>
    /// <param name="all">The migration's operations: what is done to a table that it makes itself concerns nobody yet.</param>
    internal static OperationEffect EffectOf(MigrationOperation operation, IReadOnlyList<MigrationOperation> all) => operation switch
    {
        DropColumnOperation or DropTableOperation or DropSchemaOperation or DropSequenceOperation or DeleteDataOperation => OperationEffect.Destroys,
        UpdateDataOperation => OperationEffect.ChangesRows,
        RenameColumnOperation or RenameTableOperation or RenameSequenceOperation => OperationEffect.Breaks,
        { IsDestructiveChange: true } => OperationEffect.Destroys,
        CreateTableOperation or CreateSequenceOperation or EnsureSchemaOperation or InsertDataOperation => OperationEffect.Adds,
        AddColumnOperation column when column.IsNullable || column.DefaultValue is not null || column.DefaultValueSql is not null || column.ComputedColumnSql is not null => OperationEffect.Adds,
        CreateIndexOperation { IsUnique: false } => OperationEffect.Adds,
        ITableMigrationOperation own when all.OfType<CreateTableOperation>().Any(made => made.Name == own.Table && made.Schema == own.Schema) => OperationEffect.Adds,
        _ => OperationEffect.Unknown,
    };

    /// <summary>Whether it changes rows only, as far as can be seen.</summary>
    internal static bool MayBackfill(MigrationOperation operation) => operation is UpdateDataOperation or InsertDataOperation or SqlOperation;

    /// <summary>What an operation does, as the rest of a sentence.</summary>
    internal static string Words(MigrationOperation operation) => operation switch
    {
        DropColumnOperation drop => $"drops the column {Name(drop.Schema, drop.Table)}.{drop.Name}",
        DropTableOperation drop => $"drops the table {Name(drop.Schema, drop.Name)}",
        DropSchemaOperation drop => $"drops the schema {drop.Name}",
        DropSequenceOperation drop => $"drops the sequence {Name(drop.Schema, drop.Name)}",
        DeleteDataOperation delete => $"deletes rows of {Name(delete.Schema, delete.Table)}",
        UpdateDataOperation update => $"changes rows of {Name(update.Schema, update.Table)}",
        InsertDataOperation insert => $"inserts rows into {Name(insert.Schema, insert.Table)}",
        RenameColumnOperation rename => $"renames the column {Name(rename.Schema, rename.Table)}.{rename.Name} to {rename.NewName}",
        RenameTableOperation rename => $"renames the table {Name(rename.Schema, rename.Name)} to {Name(rename.NewSchema, rename.NewName ?? rename.Name)}",
        RenameSequenceOperation rename => $"renames the sequence {Name(rename.Schema, rename.Name)}",
        CreateTableOperation create => $"makes the table {Name(create.Schema, create.Name)}",
        AlterColumnOperation alter => $"alters the column {Name(alter.Schema, alter.Table)}.{alter.Name}",
        AddColumnOperation add => $"adds the column {Name(add.Schema, add.Table)}.{add.Name}",
        CreateIndexOperation index => $"makes the {(index.IsUnique ? "unique " : "")}index {index.Name} on {Name(index.Schema, index.Table)}",
        DropIndexOperation index => $"drops the index {index.Name}",
        SqlOperation => "runs SQL of its own",
        ITableMigrationOperation other => $"does {Kind(operation)} on {Name(other.Schema, other.Table)}",
        _ => $"does {Kind(operation)}",
    };

    private static string Name(string? schema, string table) => schema is null ? table : $"{schema}.{table}";

    private static string Kind(MigrationOperation operation) => operation.GetType().Name.Replace("Operation", "", StringComparison.Ordinal);
}
