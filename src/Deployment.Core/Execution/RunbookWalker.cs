using Deployment.Runbooks;

namespace Deployment.Execution;

/// <summary>Goes forward through the tree. Steps that the journal says are done are passed over, so that a resumed run walks the same way.</summary>
internal sealed class RunbookWalker(ActiveRun run, EffectRunner effects, CheckRunner checks, GateRunner gates, FirstChange first, LaneRollback laneRollback)
{
    internal Task<NodeResult> WalkAsync(RunbookNode node, CancellationToken interrupt) => node switch
    {
        SequenceNode sequence => WalkAsync(sequence, interrupt),
        ParallelNode parallel => WalkAsync(parallel, interrupt),
        RunbookStep step => WalkAsync(step, interrupt),
        _ => throw new DeploymentException($"This version of the library doesn't know the runbook node {node.GetType().Name} of '{node.Id}'."),
    };

    /// <summary>A pause keeps forward steps from beginning; what goes back is never paused.</summary>
    private async Task<NodeResult> WalkAsync(RunbookStep step, CancellationToken interrupt)
    {
        try
        {
            await run.Control.WhilePausedAsync(step.Id, interrupt);
            await (step is EffectStep change ? first.PassAsync(change, interrupt) : Task.CompletedTask);
        }
        catch (OperationCanceledException) when (interrupt.IsCancellationRequested)
        {
            return NodeResult.Stopped(step.Id);
        }

        return step switch
        {
            EffectStep effect => await effects.RunAsync(effect, interrupt),
            CheckStep check => await checks.RunAsync(check, interrupt),
            WaitStep wait => await gates.RunAsync(wait, interrupt),
            WindowStep window => await gates.RunAsync(window, interrupt),
            ApprovalStep approval => await gates.RunAsync(approval, interrupt),
            _ => throw new DeploymentException($"This version of the library doesn't know the runbook step {step.GetType().Name} of '{step.Id}'."),
        };
    }

    private async Task<NodeResult> WalkAsync(SequenceNode sequence, CancellationToken interrupt)
    {
        foreach (RunbookNode child in sequence.Children)
        {
            if (interrupt.IsCancellationRequested)
            {
                return NodeResult.Stopped(child.Id);
            }

            NodeResult result = await WalkAsync(child, interrupt);
            if (result.End != NodeEnd.Done)
            {
                return result;
            }
        }

        return NodeResult.Done;
    }

    private async Task<NodeResult> WalkAsync(ParallelNode group, CancellationToken interrupt)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(interrupt);
        var ends = new NodeResult?[group.Lanes.Count];
        int failures = 0;
        await Lanes.RunAsync(Enumerable.Range(0, group.Lanes.Count).ToArray(), group.Policy.MaxConcurrency, async i =>
        {
            if (interrupt.IsCancellationRequested || Volatile.Read(ref failures) > group.Policy.MaxFailures)
            {
                return;
            }

            NodeResult end = await WalkLaneAsync(group.Lanes[i], stop.Token);
            ends[i] = end;
            if (end.End != NodeEnd.Failed)
            {
                return;
            }

            if (Interlocked.Increment(ref failures) <= group.Policy.MaxFailures)
            {
                await laneRollback.RunAsync(group.Lanes[i], end.Reason!);
            }
            else if (!group.Policy.FinishRunningLanes)
            {
                stop.Cancel();
            }
        });
        return await EndAsync(group, ends, failures, interrupt);
    }

    /// <summary>A lane that went back before a crash has failed, whatever its steps say; one that would go on with such a lane has nothing to go on with.</summary>
    private async Task<NodeResult> WalkLaneAsync(RunbookNode lane, CancellationToken interrupt) =>
        run.Progress.RollbackOf(lane.Id) is { } begun ? NodeResult.Failed(lane.Id, begun.Reason)
        : lane is SequenceNode { Continues: { } earlier } && run.Progress.RollbackOf(earlier) is not null ? NodeResult.Done
        : await WalkAsync(lane, interrupt);

    /// <summary>A lane that was not walked again after a crash may still have done something before it.</summary>
    private NodeResult? EndByJournal(RunbookNode lane) =>
        RunbookTree.StepsOf(lane).All(step => run.Progress.StatusOf(step.Id) == StepStatus.Succeeded) ? NodeResult.Done
        : laneRollback.Touched(lane).Count > 0 ? NodeResult.Stopped(lane.Id)
        : null;

    /// <summary>An earlier wave is kept as well, although none of this one can be.</summary>
    private bool AnotherGroupStands(ParallelNode group) => RunbookTree.NodesOf(run.Runbook.Root).OfType<ParallelNode>()
        .Where(other => other.Id != group.Id && other.Policy.KeepFinishedLanes)
        .SelectMany(other => other.Lanes)
        .Any(lane => run.Progress.RollbackOf(lane.Id) is null && EndByJournal(lane)?.End == NodeEnd.Done);

    private async Task<NodeResult> EndAsync(ParallelNode group, NodeResult?[] ends, int failures, CancellationToken interrupt)
    {
        bool allFailed = failures > 0 && failures == group.Lanes.Count;
        if (failures <= group.Policy.MaxFailures && !allFailed)
        {
            return interrupt.IsCancellationRequested ? NodeResult.Stopped(group.Id) : NodeResult.Done;
        }

        // One that went back by itself is settled; a person who decides about the group must be asked about one that isn't.
        NodeResult first = Enumerable.Range(0, ends.Length).Where(i => ends[i] is { End: NodeEnd.Failed }).OrderBy(i => run.Progress.RollbackOf(group.Lanes[i].Id) is not null).Select(i => ends[i]!.Value).First();
        for (int i = 0; i < ends.Length; i++)
        {
            ends[i] ??= EndByJournal(group.Lanes[i]);
        }

        if (!group.Policy.KeepFinishedLanes || interrupt.IsCancellationRequested || !(ends.Any(end => end is { End: NodeEnd.Done }) || AnotherGroupStands(group)))
        {
            return first;
        }

        for (int i = 0; i < ends.Length; i++)
        {
            if (ends[i] is { End: not NodeEnd.Done } end)
            {
                await laneRollback.RunAsync(group.Lanes[i], end.Reason ?? $"Stopped because another lane failed: {first.Reason}");
            }
        }

        return first with { KeepsFinishedLanes = true };
    }
}
