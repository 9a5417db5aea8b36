using Deployment.Sql.Lint.Rules;

namespace Deployment.Sql.Lint;

/// <summary>The one list of rules.</summary>
internal static class SqlRules
{
    internal static IReadOnlyList<SqlRule> All { get; } =
    [
        new AddNotNullColumn(),
        new AddUniqueConstraint(),
        new ChangeColumnType(),
        new ConstraintNotValid(),
        new Cascade(),
        new DropColumn(),
        new DropDefault(),
        new DropIndexNotConcurrent(),
        new DropObject(),
        new DropTable(),
        new DynamicSql(),
        new EnumValueUsed(),
        new IndexIfNotExists(),
        new IndexNotConcurrent(),
        new LockTable(),
        new LockTimeout(),
        new MixedSchemaAndData(),
        new NotInTransaction(),
        new Rename(),
        new Revoke(),
        new RewriteTable(),
        new SessionSetting(),
        new SetNotNull(),
        new TransactionControl(),
        new Truncate(),
        new UnboundedChange(),
        new UndeclaredDataLoss(),
        new ValidateInTransaction(),
        new VolatileDefault(),
    ];
}
