using Deployment.Store;

namespace Deployment.Testing;

internal static class JournalCases
{
    internal static IReadOnlyList<StorePromise> All { get; } =
    [
        new("Journal_Empty_ReadsAsNothing", EmptyReadsAsNothing),
        new("Journal_Appended_IsKeptByteForByte", KeptByteForByte),
        new("Journal_OfAnotherRun_IsApart", RunsAreApart),
        new("Append_WrongHead_IsRefusedAndNotWritten", WrongHead),
        new("Append_SameFrameTwice_IsRefused", SameFrameTwice),
        new("Append_WithoutLease_IsRefused", WithoutLease),
        new("Append_UnknownEpoch_IsRefused", UnknownEpoch),
        new("Append_AfterTakeover_IsRefusedAndNeverShows", AfterTakeover),
        new("Append_AfterRelease_IsRefused", AfterRelease),
        new("Append_ByTheNextOwner_GoesOn", NextOwnerGoesOn),
        new("Append_TokenCancelled_IsNotWritten", TokenCancelled),
    ];

    private static async Task EmptyReadsAsNothing(StoreTrial trial)
    {
        await trial.HasJournalAsync("run-0");
        await trial.CreateAndTakeAsync("run-1");
        await trial.HasJournalAsync("run-1");
    }

    private static async Task KeptByteForByte(StoreTrial trial)
    {
        LeaseState lease = await trial.CreateAndTakeAsync("run-1");
        List<JournalFrame> written = [];
        string head = JournalFrame.Start;
        for (int number = 1; number <= 20; number++)
        {
            JournalFrame frame = StoreTrial.Frame(head, number);
            await trial.First.AppendAsync("run-1", lease.Epoch, frame, trial.Cancellation);
            written.Add(frame);
            head = frame.Head;
        }

        List<JournalFrame> read = await trial.JournalAsync(trial.Second, "run-1");
        trial.Holds(read.Count == written.Count, $"{written.Count} frames were written and {read.Count} read");
        trial.Holds(read.Zip(written).All(pair => pair.First.Line.Span.SequenceEqual(pair.Second.Line.Span)), "a line differs");
        trial.Holds(read.Zip(written).All(pair => pair.First.Previous == pair.Second.Previous && pair.First.Head == pair.Second.Head), "a hash differs");
    }

    private static async Task RunsAreApart(StoreTrial trial)
    {
        LeaseState first = await trial.CreateAndTakeAsync("run-1");
        LeaseState second = await trial.CreateAndTakeAsync("run-2");
        string a = await trial.AppendAsync(trial.First, "run-1", first.Epoch, JournalFrame.Start, 1);
        string b = await trial.AppendAsync(trial.First, "run-2", second.Epoch, JournalFrame.Start, 2);
        await trial.HasJournalAsync("run-1", a);
        await trial.HasJournalAsync("run-2", b);
    }

    private static async Task WrongHead(StoreTrial trial)
    {
        LeaseState lease = await trial.CreateAndTakeAsync("run-1");
        string head = await trial.AppendAsync(trial.First, "run-1", lease.Epoch, JournalFrame.Start, 1);
        JournalFrame elsewhere = StoreTrial.Frame(StoreTrial.Frame(head, 2).Head, 3);
        await trial.RefusesAsync<DeploymentException>(
            () => trial.First.AppendAsync("run-1", lease.Epoch, elsewhere, trial.Cancellation), "a frame that follows another head was appended");
        await trial.HasJournalAsync("run-1", head);
        string next = await trial.AppendAsync(trial.First, "run-1", lease.Epoch, head, 2);
        await trial.HasJournalAsync("run-1", head, next);
    }

    private static async Task SameFrameTwice(StoreTrial trial)
    {
        LeaseState lease = await trial.CreateAndTakeAsync("run-1");
        string head = await trial.AppendAsync(trial.First, "run-1", lease.Epoch, JournalFrame.Start, 1);
        await trial.RefusesAsync<DeploymentException>(
            () => trial.AppendAsync(trial.First, "run-1", lease.Epoch, JournalFrame.Start, 1), "the same frame was appended twice");
        await trial.HasJournalAsync("run-1", head);
    }

    private static async Task WithoutLease(StoreTrial trial)
    {
        await trial.First.CreateRunAsync(StoreTrial.Run("run-1"), trial.Cancellation);
        await RefusesEpochAsync(trial, 1, JournalFrame.Start);
        await trial.HasJournalAsync("run-1");
    }

    private static async Task UnknownEpoch(StoreTrial trial)
    {
        LeaseState lease = await trial.CreateAndTakeAsync("run-1");
        await RefusesEpochAsync(trial, lease.Epoch + 1, JournalFrame.Start);
        await RefusesEpochAsync(trial, lease.Epoch - 1, JournalFrame.Start);
        await trial.HasJournalAsync("run-1");
    }

    private static async Task AfterTakeover(StoreTrial trial)
    {
        LeaseState before = await trial.CreateAndTakeAsync("run-1");
        string head = await trial.AppendAsync(trial.First, "run-1", before.Epoch, JournalFrame.Start, 1);
        LeaseState after = await trial.TakeAsync(trial.Second, "run-1");
        await RefusesEpochAsync(trial, before.Epoch, head);
        await trial.HasJournalAsync("run-1", head);
        string next = await trial.AppendAsync(trial.Second, "run-1", after.Epoch, head, 3);
        await RefusesEpochAsync(trial, before.Epoch, next);
        await RefusesEpochAsync(trial, before.Epoch, head);
        await trial.HasJournalAsync("run-1", head, next);
    }

    private static async Task AfterRelease(StoreTrial trial)
    {
        LeaseState lease = await trial.CreateAndTakeAsync("run-1");
        await trial.First.ReleaseLeaseAsync("run-1", lease.Epoch, trial.Cancellation);
        await RefusesEpochAsync(trial, lease.Epoch, JournalFrame.Start);
        await trial.HasJournalAsync("run-1");
    }

    private static async Task NextOwnerGoesOn(StoreTrial trial)
    {
        await trial.First.CreateRunAsync(StoreTrial.Run("run-1"), trial.Cancellation);
        List<string> heads = [];
        for (int turn = 1; turn <= 6; turn++)
        {
            IDeploymentStore store = turn % 2 == 0 ? trial.Second : trial.First;
            LeaseState lease = await trial.TakeAsync(store, "run-1");

            // Every third owner ends before it wrote anything.
            for (int number = 0; number < turn % 3; number++)
            {
                heads.Add(await trial.AppendAsync(store, "run-1", lease.Epoch, heads.LastOrDefault(JournalFrame.Start), number));
            }
        }

        await trial.HasJournalAsync("run-1", [.. heads]);
    }

    private static async Task TokenCancelled(StoreTrial trial)
    {
        LeaseState lease = await trial.CreateAndTakeAsync("run-1");
        try
        {
            await trial.First.AppendAsync("run-1", lease.Epoch, StoreTrial.Frame(JournalFrame.Start, 1), new CancellationToken(canceled: true));
            trial.Holds(false, "an append went on although its token was cancelled before it began");
        }
        catch (OperationCanceledException)
        {
            await trial.HasJournalAsync("run-1");
        }

        await trial.AppendAsync(trial.First, "run-1", lease.Epoch, JournalFrame.Start, 1);
    }

    private static Task RefusesEpochAsync(StoreTrial trial, long epoch, string previous) => trial.RefusesAsync<LeaseLostException>(
        () => trial.First.AppendAsync("run-1", epoch, StoreTrial.Frame(previous, 99), trial.Cancellation), "a frame was appended under an epoch that doesn't hold the lease");
}
