using System.Globalization;
using Deployment.Execution;

namespace Deployment.Planning;

/// <summary>Makes run ids that sort by time.</summary>
internal static class RunIds
{
    internal static string New(RunServices services)
    {
        int random;
        lock (services.Random)
        {
            random = services.Random.Next(0x1000000);
        }

        return string.Create(CultureInfo.InvariantCulture, $"{services.Time.GetUtcNow().UtcDateTime:yyyyMMdd-HHmmssfff}-{random:x6}");
    }

    /// <summary>The time that an id of ours begins with.</summary>
    internal static DateTimeOffset TimeOf(string id) =>
        DateTimeOffset.ParseExact(id[..18], "yyyyMMdd-HHmmssfff", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
}
