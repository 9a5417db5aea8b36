using Deployment.Store;

namespace Deployment.Testing;

internal static class SignalCases
{
    internal static IReadOnlyList<StorePromise> All { get; } =
    [
        new("Signals_None_ReadAsNothing", NoneReadAsNothing),
        new("Signals_Posted_AreNumberedWithoutGaps", NumberedWithoutGaps),
        new("Signals_ReadAfterANumber_AreTheLaterOnes", ReadAfter),
        new("Signals_OfAnotherRun_AreApart", RunsAreApart),
    ];

    private static async Task NoneReadAsNothing(StoreTrial trial)
    {
        trial.Holds((await trial.First.ReadSignalsAsync("run-0", 0, trial.Cancellation)).Count == 0, "a run that isn't there has a signal");
        await trial.First.CreateRunAsync(StoreTrial.Run("run-1"), trial.Cancellation);
        trial.Holds((await trial.First.ReadSignalsAsync("run-1", 0, trial.Cancellation)).Count == 0, "a new run has a signal");
    }

    private static async Task NumberedWithoutGaps(StoreTrial trial)
    {
        await trial.First.CreateRunAsync(StoreTrial.Run("run-1"), trial.Cancellation);
        List<Signal> posted =
        [
            Signal.Approve("ann", JournalFrame.Start), Signal.Reject("bob", "too risky"), Signal.Pause("ann"), Signal.Resume("ann"),
            Signal.Promote("eve"), Signal.PromoteFully("eve"), Signal.Abort("bob", "it burns"), Signal.Pause("ann"),
        ];
        for (int index = 0; index < posted.Count; index++)
        {
            long number = await (index % 2 == 0 ? trial.First : trial.Second).PostSignalAsync("run-1", posted[index], trial.Cancellation);
            trial.Holds(number == index + 1, $"signal {index + 1} got the number {number}");
        }

        IReadOnlyList<NumberedSignal> read = await trial.Second.ReadSignalsAsync("run-1", 0, trial.Cancellation);
        trial.Holds(read.SequenceEqual(posted.Select((signal, index) => new NumberedSignal(index + 1, signal))), $"what is read is {string.Join(", ", read)}");
    }

    private static async Task ReadAfter(StoreTrial trial)
    {
        await trial.First.CreateRunAsync(StoreTrial.Run("run-1"), trial.Cancellation);
        for (int number = 1; number <= 5; number++)
        {
            await trial.First.PostSignalAsync("run-1", Signal.Resume("ann"), trial.Cancellation);
        }

        foreach ((long after, long[] expected) in new (long, long[])[] { (3, [4, 5]), (5, []), (9, []) })
        {
            IReadOnlyList<NumberedSignal> read = await trial.Second.ReadSignalsAsync("run-1", after, trial.Cancellation);
            trial.Holds(read.Select(signal => signal.Number).SequenceEqual(expected), $"after {after} come {string.Join(", ", read.Select(signal => signal.Number))}");
        }
    }

    private static async Task RunsAreApart(StoreTrial trial)
    {
        await trial.First.CreateRunAsync(StoreTrial.Run("run-1"), trial.Cancellation);
        await trial.First.CreateRunAsync(StoreTrial.Run("run-2"), trial.Cancellation);
        await trial.First.PostSignalAsync("run-1", Signal.Resume("ann"), trial.Cancellation);
        trial.Holds(await trial.First.PostSignalAsync("run-2", Signal.Abort("bob"), trial.Cancellation) == 1, "another run's signal was counted");
        IReadOnlyList<NumberedSignal> read = await trial.Second.ReadSignalsAsync("run-1", 0, trial.Cancellation);
        trial.Holds(read.Count == 1 && read[0].Signal.By == "ann", "another run's signal is read");
    }
}
