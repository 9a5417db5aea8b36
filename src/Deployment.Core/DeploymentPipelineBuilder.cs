using System.Collections.Frozen;
using System.Reflection;
using Deployment.Analysis;
using Deployment.Environments;
using Deployment.Health;
using Deployment.Migrations;
using Deployment.Planning;
using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Steps;
using Deployment.Targets;
using Deployment.Waves;

namespace Deployment;

/// <summary>Composes a <see cref="DeploymentPipeline"/>. Nothing runs, and nothing is checked, before <see cref="Build()"/>.</summary>
public sealed partial class DeploymentPipelineBuilder
{
    private const string DefaultEnvironment = "production";
    private static readonly TimeSpan LongestApproval = TimeSpan.FromDays(30);

    private readonly string _name;
    private readonly List<DeploymentTarget> _targets = [];
    private readonly List<DeploymentTarget> _resources = [];
    private readonly List<MomentBinding> _bindings = [];
    private readonly List<Check> _checks = [];
    private readonly List<UserStep> _steps = [];
    private readonly List<string> _errors = [];
    private readonly HashSet<Assembly> _code = [];
    private readonly SortedDictionary<string, string> _roles = new(StringComparer.Ordinal);
    private MonitorDefinition? _monitor;
    private MigrationsDefinition? _migrations;
    private string? _environment;
    private EnvironmentPolicy? _policy;
    private readonly Dictionary<string, FrozenSet<string>> _tags = new(StringComparer.Ordinal);
    private LanePolicy? _lanePolicy;
    private WavesOptions? _waves;
    private IDeploymentStrategy? _strategy;
    private string _strategyReason = "It was chosen in code.";

    internal DeploymentPipelineBuilder(string name) => _name = name;

    /// <summary>The environment that it deploys to; default <c>production</c>.</summary>
    /// <param name="environment">Its name: 1 to 63 letters, digits, '.' or '-'.</param>
    /// <param name="policy">What it asks of every deployment, such as <see cref="EnvironmentPolicy.Staging"/>; null for nothing.</param>
    public DeploymentPipelineBuilder InEnvironment(string environment, EnvironmentPolicy? policy = null)
    {
        _environment = environment;
        _policy = policy?.Copy();
        return this;
    }

    /// <summary>Adds a target. Several are done side by side, see <see cref="WithLanes"/>, or wave by wave, see <see cref="InWaves"/>.</summary>
    /// <param name="target">The target.</param>
    /// <param name="tags">What waves can find it by, such as a region or a tenant; up to 120 characters each.</param>
    public DeploymentPipelineBuilder DeployTo(DeploymentTarget target, params IReadOnlyList<string> tags)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(tags);
        _targets.Add(target);
        _errors.AddRange(tags.Select(tag => Title.Problem("tag", tag)).OfType<string>());
        _tags[target.Name] = tags.Where(tag => tag is not null).ToFrozenSet(StringComparer.Ordinal);
        return this;
    }

    /// <summary>
    /// Adds something that steps change and that no release is brought to, such as a feature flag. It is observed with the targets, and each
    /// run that deploys or goes back claims it.
    /// </summary>
    /// <param name="resource">Its verbs and its observation; its name is unique among targets and resources.</param>
    public DeploymentPipelineBuilder UseResource(DeploymentTarget resource)
    {
        ArgumentNullException.ThrowIfNull(resource);
        _resources.Add(resource);
        return this;
    }

    /// <summary>Puts others of the same names in the place of the resources, for who watches what is done to them.</summary>
    internal void WrapResources(Func<DeploymentTarget, DeploymentTarget> wrap)
    {
        for (int i = 0; i < _resources.Count; i++)
        {
            _resources[i] = wrap(_resources[i]);
        }
    }

    /// <summary>How several targets go together: how many at once, how many may fail, what then happens.</summary>
    public DeploymentPipelineBuilder WithLanes(LanePolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        _lanePolicy = policy;
        return this;
    }

    /// <summary>Does the targets wave by wave: a few first, and the next only when those are well. Default waves: one, 10%, 50%, all.</summary>
    public DeploymentPipelineBuilder InWaves(Action<WavesOptions>? configure = null)
    {
        var waves = new WavesOptions();
        configure?.Invoke(waves);
        _waves = waves.Copy();
        return this;
    }

    /// <summary>Takes a strategy. Strategies offer a method of their own, such as <c>UseBlueGreen</c>.</summary>
    /// <param name="strategy">The strategy.</param>
    /// <param name="reason">Why this one, for the runbook.</param>
    public DeploymentPipelineBuilder UseStrategy(IDeploymentStrategy strategy, string? reason = null)
    {
        ArgumentNullException.ThrowIfNull(strategy);
        if (_strategy is not null)
        {
            _errors.Add($"Two strategies were chosen, '{_strategy.Name}' and '{strategy.Name}'. Choose one.");
        }

        _strategy = strategy;
        _strategyReason = reason ?? _strategyReason;
        return this;
    }

    /// <summary>The strategy that an action chooses, on a builder of its own: for strategies that let another one do a part of the work.</summary>
    /// <param name="choose">Chooses one strategy, such as <c>part => part.UseBlueGreen()</c>, and nothing else.</param>
    /// <exception cref="DeploymentException">It chooses none or several, or says something that belongs to the pipeline.</exception>
    public static IDeploymentStrategy StrategyOf(Action<DeploymentPipelineBuilder> choose)
    {
        ArgumentNullException.ThrowIfNull(choose);
        var part = new DeploymentPipelineBuilder("part");
        choose(part);
        bool saysMore = part._targets.Count + part._resources.Count + part._bindings.Count + part._roles.Count > 0 || part._lanePolicy is not null || part._monitor is not null || part._migrations is not null || part._policy is not null || part._waves is not null || part.Store is not null;
        return part is { _strategy: { } strategy, _errors.Count: 0 } && !saysMore
            ? strategy
            : throw new DeploymentException("Choose exactly one strategy there, such as part => part.UseBlueGreen(), and say all else to the pipeline itself.");
    }

    /// <summary>Lets a check of your own stand at a moment. What a failure does is said by the action.</summary>
    /// <param name="check">The check.</param>
    /// <param name="moment">Where it stands.</param>
    /// <param name="onFailure">What a failure does.</param>
    /// <param name="critical">Whether a hotfix keeps it. Health checks always stay.</param>
    public DeploymentPipelineBuilder Check(Check check, Moment moment, FailureAction onFailure = FailureAction.RollBack, bool critical = false)
    {
        ArgumentNullException.ThrowIfNull(check);
        Phase phase = check.Kind switch
        {
            CheckKind.Readiness => Phase.Readiness,
            CheckKind.Smoke => Phase.SmokeTest,
            _ => Phase.Deployment,
        };
        if (!_checks.Contains(check))
        {
            _checks.Add(check);
        }

        _bindings.Add(new MomentBinding(check.Name, moment, check, (runbook, subject, at) =>
            runbook.Check(check, subject, phase, onFailure, at)) { OnFailure = onFailure, IsCritical = critical || check.Kind == CheckKind.Health });
        return this;
    }

    /// <summary>
    /// Requires that the revision is well: after it was installed, and again after traffic has shifted to it.
    /// A rollback ends with the same check on the old revision.
    /// </summary>
    public DeploymentPipelineBuilder RequireHealthy(Action<HealthBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        _code.Add(configure.Method.Module.Assembly);
        var health = new HealthBuilder();
        configure(health);
        int count = _checks.Count(check => check.Kind == CheckKind.Health);
        string name = _service is null ? "health" : $"health of {Naming.Printable(_service)}";
        if (health.Build(count == 0 ? name : $"{name} {count + 1}", _errors) is { } check)
        {
            Check(check, Moment.Installed);
            Check(check, Moment.Shifted);
        }

        return this;
    }

    /// <summary>Tries what users need: before traffic where the revision can be reached, else right after.</summary>
    /// <param name="name">What people call it, such as <c>home page answers</c>.</param>
    /// <param name="configure">What is tried.</param>
    /// <param name="onFailure">What a failure does.</param>
    /// <param name="critical">Whether a hotfix keeps it.</param>
    public DeploymentPipelineBuilder SmokeTest(string name, Action<SmokeBuilder> configure, FailureAction onFailure = FailureAction.RollBack, bool critical = false)
    {
        ArgumentNullException.ThrowIfNull(configure);
        _code.Add(configure.Method.Module.Assembly);
        var smoke = new SmokeBuilder();
        configure(smoke);
        if (NameIsFree(name, "smoke test") && smoke.Build(name, _errors) is { } check)
        {
            Check(check, Moment.BeforeTraffic, onFailure, critical);
        }

        return this;
    }

    /// <summary>
    /// Watches the release by what is measured of it: while it bakes after each shift of traffic, and intensively when the strategy is done
    /// (<see cref="MonitorOptions.Intensive"/>). Health checks go on meanwhile.
    /// </summary>
    /// <param name="bake">How long after a shift, where the strategy has no bake time of its own: 0 to 24 h.</param>
    /// <param name="configure">Sources, and rules with what they do.</param>
    public DeploymentPipelineBuilder Monitor(TimeSpan bake, Action<MonitorBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        _code.Add(configure.Method.Module.Assembly);
        if (_monitor is not null)
        {
            _errors.Add("The pipeline has two monitors. Say all rules to one.");
        }

        var monitor = new MonitorBuilder();
        configure(monitor);
        _monitor = monitor.Build(bake, _errors);
        return this;
    }

    /// <summary>
    /// Changes databases with the release: what it needs is added before it is installed, filled beside the running service, and what only older
    /// releases need is taken away by a run of its own, when none of them can come back (<see cref="DeploymentPipeline.CompleteAsync(CancellationToken)"/>, or the host's worker).
    /// </summary>
    /// <param name="configure">Where the migrations come from, and when they are applied.</param>
    public DeploymentPipelineBuilder Migrate(Action<MigrationsBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        _code.Add(configure.Method.Module.Assembly);
        if (_migrations is not null)
        {
            _errors.Add("The pipeline migrates twice. Say all migrators to one Migrate(...).");
        }

        var migrations = new MigrationsBuilder();
        configure(migrations);
        _migrations = migrations.Build(_errors);
        _code.UnionWith(_migrations?.Databases.SelectMany(database => database.Implementations).Select(type => type.Assembly) ?? []);
        return this;
    }

    /// <summary>Adds a step of your own at a moment.</summary>
    /// <param name="name">What people call it, unique in the pipeline.</param>
    /// <param name="moment">Where it stands.</param>
    /// <param name="configure">What it does, how that is verified, and how it is undone.</param>
    public DeploymentPipelineBuilder Step(string name, Moment moment, Action<StepBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        _code.Add(configure.Method.Module.Assembly);
        var builder = new StepBuilder();
        configure(builder);
        if (NameIsFree(name, "step") && builder.Build(name, moment, _errors) is { } step)
        {
            _steps.Add(step);
            _bindings.Add(new MomentBinding(name, moment, null, (runbook, _, _) => step.Place(runbook)));
        }

        return this;
    }

    /// <summary>Waits at a moment for a person who has read the runbook.</summary>
    /// <param name="moment">Where; default before anything is changed.</param>
    /// <param name="role">Who decides, by role.</param>
    /// <param name="timeout">How long it waits before it counts as refused: above 0, to 30 days; null for ever.</param>
    public DeploymentPipelineBuilder RequireApproval(Moment moment = Moment.Start, string role = "approver", TimeSpan? timeout = null)
    {
        string[] problems =
        [
            .. Title.Problem("role", role) is { } problem ? [problem] : Array.Empty<string>(),
            .. timeout <= TimeSpan.Zero || timeout > LongestApproval
                ? [$"RequireApproval has the time-out {timeout}; it must be more than 0 and at most {LongestApproval.Days} days, or null for ever."]
                : Array.Empty<string>(),
        ];
        if (problems.Length > 0)
        {
            _errors.AddRange(problems);
            return this;
        }

        string title = $"Go/No-Go by {role}";
        _bindings.Add(new MomentBinding(title, moment, null, (runbook, _, _) => runbook.Approval(title, role, timeout)) { IsApproval = true });
        return this;
    }

    /// <summary>Says who does what, for the runbook.</summary>
    /// <param name="role">Such as <c>deployer</c>, <c>approver</c> or <c>rollback owner</c>.</param>
    /// <param name="person">A name.</param>
    public DeploymentPipelineBuilder Role(string role, string person)
    {
        foreach (string? problem in new[] { Title.Problem("role", role), Title.Problem("person", person) })
        {
            if (problem is not null)
            {
                _errors.Add(problem);
                return this;
            }
        }

        _roles[role] = person;
        return this;
    }

    private bool NameIsFree(string name, string what)
    {
        string? problem = Title.Problem(what, name)
            ?? (_steps.Any(step => step.Name == name) || _checks.Any(check => check.Name == name) ? $"The name '{name}' is used twice. Give each step and check its own." : null);
        if (problem is not null)
        {
            _errors.Add(problem);
        }

        return problem is null;
    }
}
