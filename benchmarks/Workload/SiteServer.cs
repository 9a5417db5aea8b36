using System.Globalization;
using Deployment.Tests.S3;

namespace Deployment.Benchmarks.Workload;

/// <summary>The small S3 of the tests as a process of its own: what asks it doesn't share its garbage and its threads.</summary>
internal static class SiteServer
{
    internal static async Task RunAsync()
    {
        await using SmallS3 server = await SmallS3.StartAsync(int.Parse(Environment.GetEnvironmentVariable("PORT") ?? "0", CultureInfo.InvariantCulture));
        // What it costs to verify them isn't what is measured.
        server.Secret = null;
        Console.WriteLine(server.Port);
        await server.RunAsync();
    }
}
