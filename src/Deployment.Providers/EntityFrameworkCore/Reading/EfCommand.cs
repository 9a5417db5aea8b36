namespace Deployment.Providers.EntityFrameworkCore.Reading;

/// <summary>What is sent to the database at once.</summary>
/// <param name="Sql">The text.</param>
/// <param name="Line">The line of the script on which it begins, from 1.</param>
/// <param name="InTransaction">Whether it runs in a transaction.</param>
internal sealed record EfCommand(string Sql, int Line, bool InTransaction);
