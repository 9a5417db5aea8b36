using System.Collections.Concurrent;
using Deployment.Commands;
using Deployment.Targets;

namespace Deployment.Execution;

/// <summary>What a process does that goes on with another one's run: it ends what that one left running, and then looks at the targets.</summary>
internal sealed class Takeover(ActiveRun run)
{
    private static readonly TimeSpan Look = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);
    private readonly Patience _patience = new(run.Time, Patience.Least);

    /// <summary>Best effort, because a run must be able to go back although a target can't be reached.</summary>
    /// <returns>What could not be ended or seen, as sentences.</returns>
    internal async Task<IReadOnlyList<string>> LookAsync()
    {
        List<string> problems = [];
        // Before anything is looked at or repeated, what the last process started must not be able to land any more.
        foreach ((string step, CommandProcess process) in run.Progress.Unfinished.SelectMany(step => Processes(step.Key, step.Value).Select(process => (step.Key, process))))
        {
            problems.AddRange(await EndAsync(step, process) is { } problem ? [problem] : []);
        }

        return [.. problems, .. await ObserveAsync()];
    }

    /// <summary>A person says that nothing of it runs any more.</summary>
    internal void Forget()
    {
        foreach (string step in run.Progress.Unfinished.Select(step => step.Key))
        {
            run.Services.LeftBehind.Forget(run.Record.Id, step);
        }
    }

    /// <summary>Those that were journaled, and those that were started just before their process died.</summary>
    private IEnumerable<CommandProcess> Processes(string id, StepProgress step) => step.Processes.Concat(CommandMark.Strays(run.Record.Id, id, step.Marks));

    private async Task<string?> EndAsync(string step, CommandProcess process)
    {
        try
        {
            await run.Services.Commands.EndAsync(process, Grace, run.Lease.Lost);
            return null;
        }
        catch (DeploymentException error)
        {
            RunLog.LeftoverNotEnded(run.Services.Logger, run.Record.Id, step, error.Message);
            run.Services.LeftBehind.Add(run.Record.Id, step);
            return $"What step {step} had started may still run: {error.Message}";
        }
    }

    private async Task<IEnumerable<string>> ObserveAsync()
    {
        var seen = new ConcurrentDictionary<string, Observation>(StringComparer.Ordinal);
        var problems = new ConcurrentDictionary<string, string>(StringComparer.Ordinal);
        await Lanes.RunAsync(run.Runbook.Targets.Select(target => target.Target).Distinct().ToArray(), 16, async name =>
        {
            try
            {
                seen[name] = await ObserveAsync(run.Services.Targets.Find(name) ?? throw new DeploymentException("This build of the pipeline has no such target."));
            }
            catch (Exception error) when (!run.IsFatal())
            {
                problems[name] = $"The target {name} can't be looked at: {error.Message}";
            }
        });
        run.Lease.Lost.ThrowIfLost(run.Lease);
        run.Observations = new SortedDictionary<string, Observation>(seen, StringComparer.Ordinal);
        return problems.OrderBy(problem => problem.Key, StringComparer.Ordinal).Select(problem => problem.Value);
    }

    private async Task<Observation> ObserveAsync(DeploymentTarget target)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(run.Lease.Lost);
        await using ITimer limit = run.Time.CreateTimer(static over => ((CancellationTokenSource)over!).Cancel(), over, Look, Timeout.InfiniteTimeSpan);
        try
        {
            return await _patience.RunAsync(() => target.ObserveAsync(over.Token), over.Token);
        }
        catch (Exception error) when (over.IsCancellationRequested && !run.IsFatal())
        {
            throw new DeploymentException($"It gave no answer within {Look}.", error);
        }
    }
}
