namespace Deployment.Providers.PostgreSql.Tests.Crashes;

/// <summary>Whether the locks of dead processes go.</summary>
internal static class Locks
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>A session ends when it has done what its process asked of it last.</summary>
    internal static async Task NoneAreLeftAsync(Database database)
    {
        long begin = TimeProvider.System.GetTimestamp();
        while (await database.AskAsync<long>("SELECT count(*) FROM pg_locks WHERE pid <> pg_backend_pid() AND database = (SELECT oid FROM pg_database WHERE datname = current_database())") > 0)
        {
            TimeProvider.System.GetElapsedTime(begin).Should().BeLessThan(Limit, "no lock is left");
            await Task.Delay(20);
        }
    }
}
