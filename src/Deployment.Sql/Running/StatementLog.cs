namespace Deployment.Sql.Running;

/// <summary>
/// How far a script without a transaction has come. A statement and its record are two commits there, so its being begun is recorded before it, and one that
/// was begun but not done is known as one that may have been done.
/// </summary>
internal sealed class StatementLog(SqlHistory history, MigratorLock own, string id, string run, HistoryRow? before)
{
    /// <summary>How many were done before.</summary>
    internal int Done => before?.Statements ?? 0;

    /// <summary>Whether a process that ended before may have done a statement.</summary>
    internal bool MayBeDone(int statement) => before is not null && statement < before.Begun;

    // None is cancelled: a record that was sent is written, whoever waits for it.
    internal Task BeginAsync(int statement) => history.AdvanceAsync(own, id, statement + 1, statement, run, CancellationToken.None);

    internal Task EndAsync(int statement) => history.AdvanceAsync(own, id, statement + 1, statement + 1, run, CancellationToken.None);

    /// <summary>Records that the database refused a statement, so that it was not done.</summary>
    internal Task TakeBackAsync(int statement) => history.AdvanceAsync(own, id, statement, statement, run, CancellationToken.None);

    internal DeploymentException Unknown(int statement, int line)
    {
        string row = $"WHERE id = '{id.Replace("'", "''", StringComparison.Ordinal)}'";
        return new DeploymentException($"{id}, line {line}: this statement was begun, and the process or its connection ended before it was recorded as done. It may have been done or not, so it is not run again. "
            + $"Look at the database. If it was done: `UPDATE {history.Name} SET statements = {statement + 1} {row}`. If not: `UPDATE {history.Name} SET begun = {statement} {row}`. Then resume.");
    }
}
