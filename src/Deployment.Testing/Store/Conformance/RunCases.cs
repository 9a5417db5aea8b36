using Deployment.Releases;
using Deployment.Store;

namespace Deployment.Testing;

internal static class RunCases
{
    internal static IReadOnlyList<StorePromise> All { get; } =
    [
        new("Run_Created_IsFoundWhole", FoundWhole),
        new("Run_Unknown_IsNull", UnknownIsNull),
        new("Run_CreatedTwice_IsRefusedAndUnchanged", CreatedTwice),
        new("Run_Saved_IsReplaced", SavedIsReplaced),
        new("Runs_Listed_AreOldestFirst", OldestFirst),
    ];

    private static async Task FoundWhole(StoreTrial trial)
    {
        var revision = new RevisionId("shop", "2.4.0", 2);
        RunRecord run = StoreTrial.Run("run-1") with
        {
            Kind = RunKind.Retire,
            Version = "2.4.0",
            State = RunState.Ended,
            Outcome = DeploymentOutcome.NeedsAttention,
            Reason = "the undo of \"step\" failed\nwith two lines, ünïcode",
            DueAt = StoreTrial.Noon.AddHours(1),
            EndedAt = StoreTrial.Noon.AddTicks(1),
            RunbookHash = JournalFrame.Start,
            Build = "build",
            Targets = [new RunTarget("web", revision, null)],
        };
        await trial.First.CreateRunAsync(run, trial.Cancellation);
        RunRecord? found = await trial.Second.FindRunAsync("run-1", trial.Cancellation);
        trial.Holds(found is not null, "the run isn't found");
        trial.Holds(found!.Targets.SequenceEqual(run.Targets), "its targets are others");
        trial.Holds(found with { Targets = run.Targets } == run, $"it is {found}");
    }

    private static async Task UnknownIsNull(StoreTrial trial)
    {
        trial.Holds(await trial.First.FindRunAsync("run-1", trial.Cancellation) is null, "a run was found in an empty store");
        trial.Holds((await trial.First.ListRunsAsync(trial.Cancellation)).Count == 0, "an empty store lists a run");
    }

    private static async Task CreatedTwice(StoreTrial trial)
    {
        await trial.First.CreateRunAsync(StoreTrial.Run("run-1"), trial.Cancellation);
        await trial.RefusesAsync<DeploymentException>(
            () => trial.Second.CreateRunAsync(StoreTrial.Run("run-1") with { Application = "other" }, trial.Cancellation), "a second run of that id was created");
        RunRecord? found = await trial.First.FindRunAsync("run-1", trial.Cancellation);
        trial.Holds(found?.Application == "shop", "the first was changed");
    }

    private static async Task SavedIsReplaced(StoreTrial trial)
    {
        await trial.First.CreateRunAsync(StoreTrial.Run("run-1"), trial.Cancellation);
        await trial.First.SaveRunAsync(StoreTrial.Run("run-1") with { State = RunState.Held, Reason = "waits" }, trial.Cancellation);
        RunRecord? found = await trial.Second.FindRunAsync("run-1", trial.Cancellation);
        trial.Holds(found is { State: RunState.Held, Reason: "waits" }, "the old record was found");
        trial.Holds((await trial.Second.ListRunsAsync(trial.Cancellation)).Count == 1, "there is more than one run");
    }

    private static async Task OldestFirst(StoreTrial trial)
    {
        foreach ((string id, int minute) in new[] { ("run-b", 2), ("run-c", 1), ("run-a", 3) })
        {
            await trial.First.CreateRunAsync(StoreTrial.Run(id, minute), trial.Cancellation);
        }

        IReadOnlyList<RunRecord> runs = await trial.Second.ListRunsAsync(trial.Cancellation);
        trial.Holds(runs.Select(run => run.Id).SequenceEqual(["run-c", "run-b", "run-a"]), $"the order is {string.Join(", ", runs.Select(run => run.Id))}");
    }
}
