using System.Globalization;
using System.Text;
using Deployment.Store;

namespace Deployment.Testing;

/// <summary>What the cases share: two objects on one new store, and short ways to use them.</summary>
internal sealed record StoreTrial(string Promise, IDeploymentStore First, IDeploymentStore Second, CancellationToken Cancellation)
{
    internal static DateTimeOffset Noon { get; } = new(2030, 1, 1, 12, 0, 0, TimeSpan.Zero);

    internal static RunRecord Run(string id, int minute = 0) => new()
    {
        Id = id,
        Kind = RunKind.Deploy,
        Pipeline = "shop",
        Environment = "production",
        Application = "shop",
        State = RunState.Running,
        CreatedAt = Noon.AddMinutes(minute),
    };

    internal static JournalFrame Frame(string previous, int number) =>
        JournalFrames.Create(previous, Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{{\"number\":{number}}}")));

    internal void Holds(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new StoreConformanceException($"{Promise}: {otherwise}.");
        }
    }

    internal async Task RefusesAsync<T>(Func<Task> call, string otherwise)
        where T : DeploymentException
    {
        try
        {
            await call();
        }
        catch (T)
        {
            return;
        }
        catch (DeploymentException exception)
        {
            throw new StoreConformanceException($"{Promise}: instead of a {typeof(T).Name} there was a {exception.GetType().Name}: {exception.Message}");
        }

        throw new StoreConformanceException($"{Promise}: {otherwise}.");
    }

    internal async Task<LeaseState> TakeAsync(IDeploymentStore store, string runId)
    {
        LeaseState? seen = await store.ReadLeaseAsync(runId, Cancellation);
        return await store.TryTakeLeaseAsync(runId, seen, "taker", Cancellation)
            ?? throw new StoreConformanceException($"{Promise}: a lease that was as it was seen could not be taken.");
    }

    internal async Task<LeaseState> CreateAndTakeAsync(string runId)
    {
        await First.CreateRunAsync(Run(runId), Cancellation);
        return await TakeAsync(First, runId);
    }

    internal async Task<string> AppendAsync(IDeploymentStore store, string runId, long epoch, string previous, int number)
    {
        JournalFrame frame = Frame(previous, number);
        await store.AppendAsync(runId, epoch, frame, Cancellation);
        return frame.Head;
    }

    internal async Task<List<JournalFrame>> JournalAsync(IDeploymentStore store, string runId)
    {
        List<JournalFrame> frames = [];
        await foreach (JournalFrame frame in store.ReadJournalAsync(runId, Cancellation))
        {
            frames.Add(frame);
        }

        return frames;
    }

    /// <summary>The heads of a journal as both objects see it.</summary>
    internal async Task HasJournalAsync(string runId, params string[] heads)
    {
        foreach (IDeploymentStore store in new[] { First, Second })
        {
            List<JournalFrame> frames = await JournalAsync(store, runId);
            Holds(frames.Select(frame => frame.Head).SequenceEqual(heads), $"the journal has {frames.Count} frames that aren't the {heads.Length} expected");
        }
    }
}
