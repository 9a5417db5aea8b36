using System.Text;
using Deployment.Store;

namespace Deployment.Tests.Store;

internal static class StoreSamples
{
    internal const string RunId = "run-1";

    internal static DateTimeOffset Noon { get; } = new(2030, 1, 1, 12, 0, 0, TimeSpan.Zero);

    internal static RunRecord Run(string id = RunId) => new()
    {
        Id = id,
        Kind = RunKind.Deploy,
        Pipeline = "shop",
        Environment = "production",
        Application = "shop",
        State = RunState.Running,
        CreatedAt = Noon,
    };

    internal static JournalFrame Frame(string previous, int number, int padding = 0) =>
        JournalFrames.Create(previous, Encoding.UTF8.GetBytes($$"""{"number":{{number}},"text":"{{new string('x', padding)}}"}"""));

    internal static async Task<LeaseState> TakeAsync(this IDeploymentStore store, string runId = RunId) =>
        (await store.TryTakeLeaseAsync(runId, await store.ReadLeaseAsync(runId, default), "test", default))!;

    internal static async Task<LeaseState> CreateAndTakeAsync(this IDeploymentStore store, string runId = RunId)
    {
        await store.CreateRunAsync(Run(runId), default);
        return await store.TakeAsync(runId);
    }

    /// <summary>Appends frames and gives their heads.</summary>
    internal static async Task<List<string>> AppendAsync(this IDeploymentStore store, LeaseState lease, string previous, int count, int padding = 0)
    {
        List<string> heads = [];
        for (int number = 0; number < count; number++)
        {
            JournalFrame frame = Frame(previous, number, padding);
            await store.AppendAsync(RunId, lease.Epoch, frame, default);
            heads.Add(previous = frame.Head);
        }

        return heads;
    }

    internal static async Task<List<string>> HeadsAsync(this IDeploymentStore store, string runId = RunId)
    {
        List<string> heads = [];
        await foreach (JournalFrame frame in store.ReadJournalAsync(runId, default))
        {
            heads.Add(frame.Head);
        }

        return heads;
    }
}
