namespace Deployment.Providers.EntityFrameworkCore.Reading;

/// <summary>What is sent to the database at once.</summary>
/// <param name="Sql">The text.</param>
/// <param name="InTransaction">Whether it runs in a transaction.</param>
internal sealed record EfCommand(string Sql, bool InTransaction);
