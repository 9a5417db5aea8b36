using System.Data.Common;

namespace Deployment.Sql;

/// <summary>A database that nobody uses, in which migrations are rehearsed. A package for a database supplies one.</summary>
public abstract class SqlScratch
{
    /// <summary>Makes it anew, as it is to begin, whatever was there under its name before and was made by this. It is never a database that others use.</summary>
    /// <exception cref="DeploymentException">It can't be made; the message says why.</exception>
    /// <returns>Its connections, which the caller disposes.</returns>
    public abstract Task<DbDataSource> CreateAsync(CancellationToken cancellationToken);

    /// <summary>Its schema as SQL.</summary>
    /// <param name="without">Tables that are left out.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public abstract Task<string> SchemaAsync(IReadOnlyList<string> without, CancellationToken cancellationToken);

    /// <summary>What the rows of each table add up to, such as their number with a checksum, by the table's name.</summary>
    /// <param name="without">Tables that are left out.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public abstract Task<IReadOnlyDictionary<string, string>> RowsAsync(IReadOnlyList<string> without, CancellationToken cancellationToken);

    /// <summary>Drops it, if it is there.</summary>
    public abstract Task DropAsync(CancellationToken cancellationToken);
}
