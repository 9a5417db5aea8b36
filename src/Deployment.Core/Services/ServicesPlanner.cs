using System.Globalization;
using Deployment.Health;
using Deployment.Planning;
using Deployment.Runbooks;
using Deployment.Store;
using Deployment.Targets;

namespace Deployment.Services;

/// <summary>Makes one runbook of several services. Pure.</summary>
internal static class ServicesPlanner
{
    internal static Runbook Plan(PipelineDefinition pipeline, RunKind kind, IReadOnlyList<ServiceMove> moves, IReadOnlyDictionary<string, PlanningInput> inputs)
    {
        List<string> errors = [];
        IReadOnlyList<IReadOnlyList<string>> turns = ServiceOrder.Of(kind, moves, errors);
        ServiceFit.Check(pipeline.Name, pipeline.Environment, moves, turns, errors);
        var planned = new Dictionary<string, Runbook>(StringComparer.Ordinal);
        foreach (ServiceDefinition service in pipeline.Services.Where(service => inputs.ContainsKey(service.Application)))
        {
            try
            {
                planned[service.Application] = Planner.Plan(service.Part, inputs[service.Application]);
            }
            catch (DeploymentValidationException invalid)
            {
                errors.AddRange(invalid.Errors.Select(error => $"{service.Application}: {error}"));
            }
        }

        if (errors.Count > 0)
        {
            throw new DeploymentValidationException($"The plan of {string.Join(", ", inputs.Values.Select(input => $"{input.Release.Application} {input.Release.Version}"))} by pipeline '{pipeline.Name}'", errors);
        }

        return Compose(pipeline, kind, turns, planned, moves);
    }

    private static Runbook Compose(PipelineDefinition pipeline, RunKind kind, IReadOnlyList<IReadOnlyList<string>> turns, Dictionary<string, Runbook> planned, IReadOnlyList<ServiceMove> moves)
    {
        Runbook[] all = [.. turns.SelectMany(turn => turn).Select(application => planned[application])];
        Fact[] leftAlone = [.. LeftAlone(moves, all)];
        SequenceNode root = GoNoGo.Insert(new SequenceNode { Id = "", Children = [.. Beginning(pipeline, all[0].Targets[0]), .. turns.Select((turn, i) => TurnOf(i + 1, [.. turn.Select(application => planned[application].Root)]))] });
        return new Runbook
        {
            Kind = kind,
            Reason = all[0].Reason,
            Pipeline = pipeline.Name,
            Environment = pipeline.Environment,
            Application = pipeline.Name,
            Services = [.. turns.SelectMany((turn, i) => turn.Select(application => PlanOf(planned[application], i + 1, [.. Needs(moves, application, turns.Take(i).SelectMany(earlier => earlier))])))],
            Strategy = pipeline.Strategy.Name,
            StrategyReason = pipeline.StrategyReason,
            Targets = [.. all.SelectMany(runbook => runbook.Targets), .. leftAlone.Select(fact => new RunTarget(fact.Target) { LeftAlone = true })],
            Changes = all.Any(runbook => runbook.Changes is not null) ? [.. all.SelectMany(runbook => runbook.Changes ?? [])] : null,
            Basis = [.. all.SelectMany(runbook => runbook.Basis), .. leftAlone],
            Prerequisites = [.. all.SelectMany(runbook => runbook.Prerequisites).DistinctBy(prerequisite => string.Join('\n', [prerequisite.Text, .. prerequisite.Commands]))],
            Root = root,
            Rollback = [.. all.SelectMany(runbook => runbook.Rollback)],
            Triggers = RollbackTriggers.Of(root),
            FollowUps = [.. all.SelectMany(runbook => runbook.FollowUps)],
            Contracts = all.Any(runbook => runbook.Contracts is not null) ? [.. all.SelectMany(runbook => runbook.Contracts ?? [])] : null,
            Watches = all.Any(runbook => runbook.Watches is not null) ? [.. all.SelectMany(runbook => runbook.Watches ?? [])] : null,
            Roles = pipeline.Roles,
        };
    }

    /// <summary>
    /// What takes traffic where nothing is done, of services that need what comes or are needed by it: that they go together holds only while it stays
    /// so. What needs nothing of each other isn't there, so that others may bring it meanwhile.
    /// </summary>
    private static IEnumerable<Fact> LeftAlone(IReadOnlyList<ServiceMove> moves, IEnumerable<Runbook> planned)
    {
        HashSet<string> done = [.. planned.SelectMany(runbook => runbook.Targets).Select(target => target.Target)];
        ServiceMove[] moving = [.. moves.Where(move => move.Coming is not null)];
        return moves.Where(move => moving.Any(other => other == move || other.Requires(move.Application) || move.Requires(other.Application)))
            .SelectMany(move => move.Traffic)
            .Where(fact => !done.Contains(fact.Target));
    }

    /// <summary>What the whole pipeline waits for before anything is changed.</summary>
    private static IReadOnlyList<RunbookNode> Beginning(PipelineDefinition pipeline, RunTarget first)
    {
        var root = new RunbookBuilder("", new PlanningScope(pipeline.Table, new Dictionary<string, Observation>(), new MomentTable([])));
        foreach (MomentBinding binding in pipeline.Bindings)
        {
            // An approval or a step: neither looks at what is judged.
            binding.Place(root, new CheckSubject(first.Target, first.Candidate!, first.Previous), Moment.Start);
        }

        return root.Build().Children;
    }

    private static RunbookNode TurnOf(int number, IReadOnlyList<SequenceNode> services) => services is [SequenceNode only]
        ? only
        : new ParallelNode
        {
            // No service can have this name.
            Id = string.Create(CultureInfo.InvariantCulture, $"turn_{number}"),
            Lanes = services,
            Policy = new LanePolicy { MaxConcurrency = services.Count },
        };

    /// <summary>
    /// Those of earlier turns that must stay while this service stays: its release may need theirs, and what they had may need what it had. With services
    /// of its own turn or later ones it served in every mixture when it came.
    /// </summary>
    private static IEnumerable<string> Needs(IReadOnlyList<ServiceMove> moves, string application, IEnumerable<string> earlier)
    {
        ServiceMove own = moves.First(move => move.Application == application);
        return earlier.Where(other => own.Requires(other) || moves.First(move => move.Application == other).Requires(application));
    }

    private static ServicePlan PlanOf(Runbook runbook, int turn, IReadOnlyList<string> needs) => new()
    {
        Application = runbook.Application,
        Release = runbook.Release!,
        Strategy = runbook.Strategy,
        StrategyReason = runbook.StrategyReason,
        Turn = turn,
        Needs = needs,
        Targets = [.. runbook.Targets.Select(target => target.Target)],
    };
}
