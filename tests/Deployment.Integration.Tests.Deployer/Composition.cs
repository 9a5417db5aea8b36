using Deployment.Providers.Local;
using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Store;
using Deployment.Targets;
using Deployment.Testing;

namespace Deployment.Integration.Tests.Deployer;

/// <summary>The pipeline of this host, the same in every process.</summary>
public static class Composition
{
    public const string Application = "shop";
    private static readonly RetryPolicy Once = new() { Attempts = 1, Timeout = TimeSpan.FromMinutes(1) };

    public static LocalTarget Local(DeployerOptions options) => LocalTarget.Listening(options.Port, local =>
    {
        local.StateFolder = new WorldFiles(options.World).Local;
        local.Name = "web";
        local.Instances = options.Instances;
    });

    public static IDeploymentStore Store(DeployerOptions options) =>
        new FileDeploymentStore(options.Store ?? new WorldFiles(options.World).Store);

    public static Release Release(DeployerOptions options) => Releases.Release
        .Of(Application, options.Version, Artifact.Process("dotnet", "exec", options.App).In(Path.GetTempPath()))
        .WithSetting("VERSION", options.Version);

    public static DeploymentPipeline Compose(DeployerOptions options, IDeploymentStore store, SimulatedProcess? process = null)
    {
        process ??= new SimulatedProcess();
        var files = new WorldFiles(options.World);
        LateEffect? late = options.StopIn.Length > 0 ? new LateEffect(options.StopIn, options.Unfenced, store, files) : null;
        DeploymentPipelineBuilder pipeline = DeploymentPipeline.Create(Application)
            .DeployTo(process.Reach(new NotedTarget(Local(options), files, late)))
            .UseBlueGreen(blueGreen =>
            {
                blueGreen.RollbackWindow = TimeSpan.Zero;
                blueGreen.Retry = Once;
            })
            .RequireHealthy(health => health.Http("/").With(check =>
            {
                check.Interval = TimeSpan.FromMilliseconds(20);
                check.ConsecutiveSuccesses = 1;
            }))
            .SmokeTest("home page answers", smoke => smoke.Http("/"))
            .UseStore(process.Reach(store))
            .ConfigureEngine(engine =>
            {
                engine.LeaseTerm = TimeSpan.FromMilliseconds(options.LeaseMilliseconds);
                engine.SignalInterval = TimeSpan.FromMilliseconds(25);
            });
        AddSteps(pipeline, options, process, files);
        return pipeline.Build();
    }

    private static void AddSteps(DeploymentPipelineBuilder pipeline, DeployerOptions options, SimulatedProcess process, WorldFiles files)
    {
        if (options.Approval)
        {
            pipeline.RequireApproval(Moment.BeforeTraffic);
        }

        pipeline.Step("announce", Moment.Installed, step =>
        {
            step.Retry = Once;
            step.Run((context, _) => Effect(process, files, "announce", context, () => files.Announce(context.RunId)))
                .NothingToUndo("What was said stays said.");
        });
        pipeline.Step("mark", Moment.Shifted, step =>
        {
            step.Retry = Once;
            step.Run((context, _) => Effect(process, files, "mark", context, () => File.Open(files.MarkOf(context.RunId), FileMode.CreateNew).Dispose()))
                .ProbeBy((context, _) => Task.FromResult(File.Exists(files.MarkOf(context.RunId)) ? ProbeResult.TookEffect : ProbeResult.DidNotTakeEffect))
                .UndoBy((context, _) => Effect(process, files, "unmark", context, () => File.Delete(files.MarkOf(context.RunId))));
        });
#if NEXT
        pipeline.Step("only in the next build", Moment.Installed, step =>
            step.Run((context, _) => Effect(process, files, "next", context, () => { })).NothingToUndo());
#endif
        if (options.Fails)
        {
            pipeline.Step("break", Moment.Shifted, step =>
            {
                step.Retry = Once;
                step.Run((_, _) => throw new DeploymentException("The step was told to fail.")).MayBeRepeated().NothingToUndo();
            });
        }
    }

    private static Task Effect(SimulatedProcess process, WorldFiles files, string name, EffectContext context, Action effect)
    {
        process.Point($"before the effect '{name}' of step {context.StepId}");
        files.Note("begin", name, context);
        effect();
        files.Note("done", name, context);
        process.Point($"after the effect '{name}' of step {context.StepId}");
        return Task.CompletedTask;
    }
}
