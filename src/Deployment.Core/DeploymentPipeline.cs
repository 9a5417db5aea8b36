using System.Globalization;
using System.Reflection;
using Deployment.Analysis;
using Deployment.Commands;
using Deployment.Environments;
using Deployment.Execution;
using Deployment.Migrations;
using Deployment.Planning;
using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Services;
using Deployment.Store;
using Deployment.Targets;
using Microsoft.Extensions.Logging.Abstractions;

namespace Deployment;

/// <summary>
/// Brings releases of one application to one environment: plans a runbook, executes that very runbook, and goes back by itself when it must.
/// It is immutable and may be used from several threads. Continuations stay on the caller's context; call it through <c>Task.Run</c> from a user interface.
/// </summary>
public sealed partial class DeploymentPipeline
{
    private readonly PipelineDefinition _definition;
    private readonly RunServices _services;
    private readonly RunExecutor _executor;
    private readonly RunHistory _history;
    private readonly IRunPlanning _planning;

    internal DeploymentPipeline(PipelineDefinition definition, IDeploymentStore store, DeploymentPipelineBuilder builder)
    {
        _definition = definition;
        _services = new RunServices
        {
            Targets = definition.Table,
            Checks = definition.Checks,
            Store = store,
            Commands = builder.Commands ?? new CommandRunner(builder.Time),
            Secrets = builder.Secrets,
            Time = builder.Time,
            Random = builder.Random,
            Logger = (builder.LoggerFactory ?? NullLoggerFactory.Instance).CreateLogger("Deployment"),
            Options = builder.Engine.Copy(),
            Build = builder.BuildOverride ?? BuildId.Of(AssembliesOf(definition)),
            Holder = string.Create(CultureInfo.InvariantCulture, $"{System.Environment.MachineName}:{System.Environment.ProcessId}"),
            LeaseHolder = ProcessText.Of(ProcessGroup.Self),
            Notifier = builder.Notifier,
            Progress = builder.Progress,
        };
        foreach (MigrationResource database in definition.Migrations?.Databases ?? [])
        {
            database.Lend(_services.Commands);
        }

        foreach (DeploymentTarget target in definition.Targets)
        {
            if (target.Capability<IAskByCommand>(new Observation { Target = target.Name }) is { } asking)
            {
                asking.Commands = _services.Commands;
            }
        }

        _history = new RunHistory(_services.Store, definition);
        _planning = definition.Services.Count > 0 ? new ServicesPlanning(definition, _services.Store) : new ApplicationPlanning(definition, _history);
        _executor = new RunExecutor(_services, _planning.PermitAsync);
    }

    /// <summary>The name.</summary>
    public string Name => _definition.Name;

    /// <summary>The environment that it deploys to.</summary>
    public string Environment => _definition.Environment;

    /// <summary>Begins to compose a pipeline.</summary>
    /// <param name="name">1 to 63 letters, digits, '.' or '-'.</param>
    public static DeploymentPipelineBuilder Create(string name) => new(name);

    /// <summary>Looks at the targets and plans. Nothing that users see is changed; a target may fetch what the release is made of (<see cref="IPinArtifacts"/>).</summary>
    /// <exception cref="DeploymentValidationException">It can't be planned; all errors together.</exception>
    public Task<Runbook> PlanAsync(Release release, CancellationToken cancellationToken = default) => PlanAsync(release, null, cancellationToken);

    /// <summary>Plans a run that does something otherwise than the environment's policy says, such as a hotfix. Nothing is changed.</summary>
    /// <param name="release">What to bring.</param>
    /// <param name="overrides">What it does otherwise, and why; null for nothing.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="DeploymentValidationException">It can't be planned; all errors together.</exception>
    public async Task<Runbook> PlanAsync(Release release, RunOverrides? overrides, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(release);
        return await _planning.DeployAsync([release], overrides, cancellationToken);
    }

    /// <summary>Looks at the targets and plans several releases together, each for its service, in turns. Nothing is changed.</summary>
    /// <param name="releases">At most one for each service; services without one are left alone.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="DeploymentValidationException">It can't be planned; all errors together.</exception>
    public Task<Runbook> PlanAsync(IReadOnlyList<Release> releases, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(releases);
        return _planning.DeployAsync(releases, null, cancellationToken);
    }

    /// <summary>Plans and executes.</summary>
    /// <param name="release">What to bring.</param>
    /// <param name="cancellationToken">Asks for <see cref="EngineOptions.OnCancellation"/>: by default the run goes back and the result says so. A rollback is never cancelled.</param>
    /// <returns>How it ended. A deployment that failed and went back is a result, not an exception.</returns>
    /// <exception cref="DeploymentValidationException">It can't be planned.</exception>
    /// <exception cref="StalePlanException">A target moved between planning and beginning. Nothing was changed.</exception>
    /// <exception cref="TargetClaimedException">Another run holds a target.</exception>
    /// <exception cref="RunDrivenException">Another process drives the run already.</exception>
    /// <exception cref="LeaseLostException">Another process took the run over; it decides.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled, and the policy is <see cref="CancellationPolicy.Detach"/>: the run is open for the next process.</exception>
    public async Task<DeploymentResult> DeployAsync(Release release, CancellationToken cancellationToken = default) =>
        await ExecuteAsync(await PlanAsync(release, cancellationToken), cancellationToken);

    /// <summary>Plans and executes a run that does something otherwise than the environment's policy says, such as a hotfix.</summary>
    /// <param name="release">What to bring.</param>
    /// <param name="overrides">What it does otherwise, and why; null for nothing.</param>
    /// <param name="cancellationToken">As for <see cref="DeployAsync(Release, CancellationToken)"/>.</param>
    public async Task<DeploymentResult> DeployAsync(Release release, RunOverrides? overrides, CancellationToken cancellationToken = default) =>
        await ExecuteAsync(await PlanAsync(release, overrides, cancellationToken), cancellationToken);

    /// <summary>Plans and executes several releases as one run: what a service needs comes before it, and all goes back together.</summary>
    /// <param name="releases">At most one for each service; services without one are left alone.</param>
    /// <param name="cancellationToken">As for <see cref="DeployAsync(Release, CancellationToken)"/>, and so are the exceptions.</param>
    public async Task<DeploymentResult> DeployAsync(IReadOnlyList<Release> releases, CancellationToken cancellationToken = default) =>
        await ExecuteAsync(await PlanAsync(releases, cancellationToken), cancellationToken);

    /// <summary>Executes exactly this runbook, planned here or elsewhere.</summary>
    /// <exception cref="StalePlanException">What the plan rests on has moved. Nothing was changed.</exception>
    /// <exception cref="TargetClaimedException">Another run holds a target.</exception>
    /// <exception cref="DeploymentException">The runbook is of another pipeline, or needs a verb or a check that this build lacks; or its release was rolled back since it was planned.</exception>
    public async Task<DeploymentResult> ExecuteAsync(Runbook runbook, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(runbook);
        RunbookFit.Check(runbook, _definition);
        return await _executor.StartAsync(runbook, _history.NewRecord(runbook, RunIds.New(_services)), Declared(cancellationToken));
    }

    /// <summary>Goes on with a run that another process left open; gives the result of one that has ended.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="force">Takes the lease at once, without waiting for a sign of life of its holder. For a person who knows that the holder is dead.</param>
    /// <param name="cancellationToken">As for <see cref="DeployAsync(Release, CancellationToken)"/>.</param>
    /// <exception cref="RunDrivenException">Its driver is alive.</exception>
    /// <exception cref="DeploymentException">There is no such run.</exception>
    public async Task<DeploymentResult> ResumeAsync(string runId, bool force = false, CancellationToken cancellationToken = default) =>
        await _executor.ResumeAsync(await FindAsync(runId, cancellationToken), force, Declared(cancellationToken));

    /// <summary>
    /// Goes on, side by side, with every run of this pipeline that another process left open. Runs that another process drives are left to it.
    /// It returns when each has ended: a run that is held waits for a person's signal. Before it takes over a run whose process died it waits
    /// one <see cref="EngineOptions.LeaseTerm"/> for a sign of life.
    /// </summary>
    public Task<IReadOnlyList<DeploymentResult>> ResumeAllAsync(CancellationToken cancellationToken = default) => ResumeAllAsync(Declared(cancellationToken));

    /// <summary>Plans to go back to an earlier release. Nothing is changed.</summary>
    /// <param name="version">The version; null for the one that was live before.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="DeploymentException">There is none to go back to.</exception>
    public Task<Runbook> PlanRollBackAsync(string? version = null, CancellationToken cancellationToken = default) =>
        _planning.RollBackAsync(version, cancellationToken);

    /// <summary>Goes back to an earlier release after a success: a change of traffic while its revision stands, an install otherwise.</summary>
    /// <param name="version">The version; null for the one that was live before.</param>
    /// <param name="cancellationToken">As for <see cref="DeployAsync(Release, CancellationToken)"/>.</param>
    public async Task<DeploymentResult> RollBackAsync(string? version = null, CancellationToken cancellationToken = default) =>
        await ExecuteAsync(await PlanRollBackAsync(version, cancellationToken), cancellationToken);

    /// <summary>Plans to bring the release of an ended run to those of its targets that it failed on or never came to. Nothing is changed.</summary>
    /// <param name="runId">The run, such as one that a stopped wave ended as <see cref="DeploymentOutcome.PartlySucceeded"/>.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="DeploymentException">There is no such run, it has not ended, or nothing is left of it.</exception>
    /// <exception cref="DeploymentValidationException">It can't be planned.</exception>
    public Task<Runbook> PlanRetryAsync(string runId, CancellationToken cancellationToken = default) => PlanRetryAsync(runId, null, cancellationToken);

    /// <summary>The same, with overrides.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="overrides">What the new run does otherwise than the policy says, and why; null for what that run was planned with. A release that this very run took back needs <see cref="RunOverrides.AllowRolledBack"/>.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="DeploymentException">There is no such run, it has not ended, or nothing is left of it.</exception>
    /// <exception cref="DeploymentValidationException">It can't be planned.</exception>
    public async Task<Runbook> PlanRetryAsync(string runId, RunOverrides? overrides, CancellationToken cancellationToken = default) =>
        await _planning.RetryAsync(await FindAsync(runId, cancellationToken), overrides, cancellationToken);

    /// <summary>Brings the release of an ended run to those of its targets that it failed on or never came to.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="cancellationToken">As for <see cref="DeployAsync(Release, CancellationToken)"/>.</param>
    public async Task<DeploymentResult> RetryAsync(string runId, CancellationToken cancellationToken = default) =>
        await ExecuteAsync(await PlanRetryAsync(runId, cancellationToken), cancellationToken);

    /// <summary>The same, with overrides; see <see cref="PlanRetryAsync(string, RunOverrides, CancellationToken)"/>.</summary>
    public async Task<DeploymentResult> RetryAsync(string runId, RunOverrides? overrides, CancellationToken cancellationToken = default) =>
        await ExecuteAsync(await PlanRetryAsync(runId, overrides, cancellationToken), cancellationToken);

    /// <summary>
    /// Plans to undo migrations, which going back leaves in place. What was written to them is lost, so the runbook has a Go/No-Go before the first one.
    /// Nothing is changed.
    /// </summary>
    /// <param name="database">The migrator's name.</param>
    /// <param name="migrations">Their ids: expands and backfills, with all that was applied after them. The last one applied is undone first.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="DeploymentValidationException">One was not applied or has no undo, or a release that takes traffic or runs may need it; all reasons together.</exception>
    /// <exception cref="DeploymentException">The pipeline migrates no such database.</exception>
    public Task<Runbook> PlanUndoMigrationsAsync(string database, IReadOnlyCollection<string> migrations, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(database);
        ArgumentNullException.ThrowIfNull(migrations);
        return migrations.Count > 0 ? _planning.UndoMigrationsAsync(database, migrations, cancellationToken) : throw new ArgumentException("Name the migrations that are to be undone.", nameof(migrations));
    }

    /// <summary>
    /// Carries out the later runs that are due: looks again at releases that are watched on, goes back from those that turned out bad, and removes
    /// revisions whose rollback window has closed. It returns when all of them have ended: a run that is held waits for a person's signal, and keeps none of
    /// the others waiting. What a process that died left in its midst is not due any more: <see cref="ResumeAllAsync(CancellationToken)"/> goes on with it.
    /// </summary>
    /// <exception cref="DeploymentException">Some could not be carried out; all of them together, when the others have ended.</exception>
    public Task<IReadOnlyList<DeploymentResult>> CompleteAsync(CancellationToken cancellationToken = default) => CompleteAsync(Declared(cancellationToken));

    internal bool HasServices => _definition.Services.Count > 0;

    internal EnvironmentPolicy? Policy => _definition.Policy;

    internal IDeploymentStore Store => _services.Store;

    /// <summary>What the release lacks that this environment asks for, wherever it was before.</summary>
    internal IEnumerable<string> Lacks(Release release) => PromotionRules.OfRelease(_definition, release, isHotfix: false);

    /// <summary>Whether these artifacts passed here.</summary>
    internal async Task<bool> PassedAsync(Release release, CancellationToken cancellationToken) =>
        (await _history.VerdictsAsync(release, cancellationToken)).Of(Environment, release.Digest)?.Passed is not null;

    private HostCancellation Declared(CancellationToken cancellationToken) => new(_services.Options.OnCancellation, cancellationToken);

    private async Task<RunRecord> FindAsync(string runId, CancellationToken cancellationToken)
    {
        RunRecord? run = await _services.Store.FindRunAsync(Naming.Check("run", runId), cancellationToken);
        return run is not null && run.Pipeline == Name && run.Environment == Environment
            ? run
            : throw new DeploymentException($"The pipeline '{Name}' has no run '{runId}' in {Environment}. StatusAsync lists those that are open.");
    }

    private static IEnumerable<Assembly> AssembliesOf(PipelineDefinition definition) =>
        definition.Targets.Concat(definition.Resources).Select(target => target.GetType().Assembly)
            .Concat(definition.Checks.Values.Select(check => check.GetType().Assembly))
            .Concat(definition.Checks.Values.OfType<WatchCheck>().SelectMany(watch => watch.Monitor.Sources.Select(source => source.GetType().Assembly).Concat(watch.Monitor.Rules.Select(rule => rule.Rule.Judge.GetType().Assembly))))
            .Append(definition.Strategy.GetType().Assembly)
            .Concat(definition.Services.Select(service => service.Part.Strategy.GetType().Assembly))
            .Concat(definition.Code)
            .Append(typeof(DeploymentPipeline).Assembly)
            .Concat(Assembly.GetEntryAssembly() is { } host ? [host] : []);
}
