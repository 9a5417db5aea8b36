using Deployment.Integration.Tests.Deployer;
using Deployment.Integration.Tests.Support;
using Deployment.Releases;
using Deployment.Reports;
using Deployment.Runbooks;
using Deployment.Store;
using Deployment.Targets;

namespace Deployment.Integration.Tests.Crashes;

/// <summary>Compares what the store says of an ended run with what is outside.</summary>
internal static class Truth
{
    private static readonly string[] TargetVerbs = ["install", "route", "remove", "clear", "update"];

    /// <param name="world">The world.</param>
    /// <param name="version">What the run was to bring.</param>
    /// <param name="before">What was live before.</param>
    /// <param name="expected">How it must have ended.</param>
    /// <param name="because">Where processes died.</param>
    internal static async Task CheckAsync(LiveWorld world, string version, string before, DeploymentOutcome expected, string because)
    {
        RunRecord run = (await world.RunOfAsync(version))!;
        IReadOnlyList<JournalEntry> entries = await world.EntriesOfAsync(run.Id);
        CheckJournal(run, entries, expected, because);
        CheckIntents(entries, world.Files.NotesOf(run.Id), because);
        CheckRepetitions(world, run.Id, because);
        CheckMark(world, run.Id, expected, because);
        await CheckStepsAsync(world, run.Id, entries, expected, because);
        await CheckTargetAsync(world, run.Id, expected == DeploymentOutcome.Succeeded ? version : before, because);
        (await world.Store.ListClaimsAsync(CancellationToken.None)).Should().BeEmpty(because);
        (await world.Store.ReadLeaseAsync(run.Id, CancellationToken.None))!.Epoch
            .Should().BeGreaterThanOrEqualTo(entries[^1].Epoch, "{0}: who only settles what has ended takes the lease and records nothing", because);
    }

    private static void CheckJournal(RunRecord run, IReadOnlyList<JournalEntry> entries, DeploymentOutcome expected, string because)
    {
        run.State.Should().Be(RunState.Ended, because);
        run.Outcome.Should().Be(expected, "{0}: {1}", because, run.Reason);
        entries.Select(entry => entry.Sequence).Should().Equal(Enumerable.Range(1, entries.Count).Select(number => (long)number), because);
        entries.Select(entry => entry.Epoch).Should().BeInAscendingOrder(because);
        entries[0].Kind.Should().Be(JournalEntryKind.RunStarted, because);
        entries.Count(entry => entry.Kind == JournalEntryKind.RunStarted).Should().Be(1, because);
        entries.Count(entry => entry.Kind == JournalEntryKind.RunEnded).Should().Be(1, because);
        entries[^1].Kind.Should().Be(JournalEntryKind.RunEnded, because);
        entries[^1].Detail!["outcome"].Should().Be(expected.ToString(), because);
    }

    /// <summary>Whatever happened outside had its intent in the journal before, and by a process that drove the run.</summary>
    private static void CheckIntents(IReadOnlyList<JournalEntry> entries, IReadOnlyList<EffectNote> effects, string because)
    {
        effects.Should().NotBeEmpty(because);
        foreach (EffectNote effect in effects)
        {
            entries.Should().Contain(
                entry => entry.Kind == JournalEntryKind.StepStarted && entry.Step == effect.Step && entry.Epoch <= effect.Epoch && entry.At.ToUnixTimeMilliseconds() <= effect.At,
                "{0}: {1}",
                because,
                effect);
        }
    }

    private static void CheckRepetitions(LiveWorld world, string runId, string because)
    {
        IReadOnlyList<EffectNote> effects = world.Files.NotesOf(runId);
        world.Files.AnnouncementsOf(runId).Should().BeLessThanOrEqualTo(1, "{0}: what may happen once at most", because);
        effects.Count(effect => effect is { Verb: "mark", What: "done" }).Should().BeLessThanOrEqualTo(1, "{0}: what is probed for is not repeated when it took place", because);
    }

    private static void CheckMark(LiveWorld world, string runId, DeploymentOutcome expected, string because) =>
        File.Exists(world.Files.MarkOf(runId)).Should().Be(expected == DeploymentOutcome.Succeeded, because);

    /// <summary>No step is lost: a success has done all of them; a rollback has undone all that were begun.</summary>
    private static async Task CheckStepsAsync(LiveWorld world, string runId, IReadOnlyList<JournalEntry> entries, DeploymentOutcome expected, string because)
    {
        HashSet<string?> done = [.. entries
            .Where(entry => entry.Kind is JournalEntryKind.StepSucceeded or JournalEntryKind.CheckPassed || entry is { Kind: JournalEntryKind.HoldEnded, Detail: { } detail } && detail["decision"] == "TakeAsDone")
            .Select(entry => entry.Step)];
        Runbook runbook = (await world.Pipeline.ResumeAsync(runId)).Runbook;
        if (expected == DeploymentOutcome.Succeeded)
        {
            world.Files.AnnouncementsOf(runId).Should().Be(1, because);
            runbook.Steps.Select(step => step.Id).Should().OnlyContain(id => done.Contains(id), because);
            return;
        }

        entries.Should().ContainSingle(entry => entry.Kind == JournalEntryKind.RollbackStarted, because);
        entries.Should().ContainSingle(entry => entry.Kind == JournalEntryKind.RollbackEnded && entry.Detail!["clean"] == "true", because);
        string[] begun = [.. entries.TakeWhile(entry => entry.Kind != JournalEntryKind.RollbackStarted).Where(entry => entry.Kind == JournalEntryKind.StepStarted).Select(entry => entry.Step!)];
        int toUndo = runbook.Steps.OfType<EffectStep>().Count(step => begun.Contains(step.Id) && step.Undo.Kind == UndoKind.Operation);
        entries.SkipWhile(entry => entry.Kind != JournalEntryKind.RollbackStarted).Count(entry => entry.Kind == JournalEntryKind.StepSucceeded)
            .Should().BeGreaterThanOrEqualTo(toUndo, because);
    }

    private static async Task CheckTargetAsync(LiveWorld world, string runId, string live, string because)
    {
        Observation seen = await world.ObserveAsync();
        seen.Live().Should().NotBeNull(because);
        seen.Live()!.Version.Should().Be(live, because);
        seen.Traffic.ShareOf(seen.Live()!).Should().Be(100, because);
        long[] epochs = [.. world.Files.NotesOf(runId).Where(effect => TargetVerbs.Contains(effect.Verb)).Select(effect => effect.Epoch)];
        world.EpochOfSupervisor().Should().BeGreaterThanOrEqualTo(epochs.Max(), because);
    }
}
