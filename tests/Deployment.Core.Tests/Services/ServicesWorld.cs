using Deployment.Health;
using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Store;

namespace Deployment.Tests.Services;

/// <summary>Three services, each on a target of its own: web needs api, api needs accounts.</summary>
internal sealed class ServicesWorld
{
    private static readonly string[] Names = ["web", "api", "accounts"];

    private readonly Random _random = new(7);

    internal VirtualTime Time { get; } = new();

    internal InMemoryDeploymentStore Store { get; } = new();

    internal Dictionary<string, FakeTarget> Targets { get; } = Names.ToDictionary(name => name, name => new FakeTarget("on-" + name));

    /// <summary>What took place, on whichever target, in one order.</summary>
    internal List<string> Effects { get; } = [];

    /// <summary>By application: whether what stands there is well.</summary>
    internal HashSet<string> Ill { get; } = [];

    internal Action<DeploymentPipelineBuilder> Configure { get; set; } = _ => { };

    internal static Release Web(string version) => Of("web", version).Requires("api", "[1.0,3.0)");

    internal static Release Api(string version) => Of("api", version).Requires("accounts", "[1.0,)");

    internal static Release Accounts(string version) => Of("accounts", version);

    internal static Release Of(string application, string version) => Release.Of(application, version, Artifact.Process(application, "{port}"));

    internal DeploymentPipeline Pipeline(SimulatedProcess? process = null, Action<DeploymentPipelineBuilder>? more = null)
    {
        process ??= new SimulatedProcess();
        DeploymentPipelineBuilder pipeline = DeploymentPipeline.Create("platform");
        foreach (string name in Names)
        {
            pipeline.Service(name, service => service
                .DeployTo(process.Reach(Targets[name]))
                .UseBlueGreen()
                .Check(new Wellness(name, this), Moment.Installed)
                .Check(new Wellness(name + " under traffic", this), Moment.Shifted));
        }

        pipeline.UseStore(process.Reach(Store)).UseTimeProvider(Time.Clock).UseRandom(_random).UseCommands(new RecordingCommandRunner());
        Configure(pipeline);
        more?.Invoke(pipeline);
        return pipeline.Build();
    }

    internal DeploymentResult Deploy(params Release[] releases)
    {
        DeploymentResult result = Time.Run(() => Pipeline().DeployAsync(releases));
        Time.Clock.Advance(TimeSpan.FromMinutes(1));
        return result;
    }

    internal DeploymentResult RollBack()
    {
        DeploymentResult result = Time.Run(() => Pipeline().RollBackAsync());
        Time.Clock.Advance(TimeSpan.FromMinutes(1));
        return result;
    }

    /// <summary>All three in their first versions; from here on effects are noted.</summary>
    internal ServicesWorld Begin()
    {
        Deploy(Web("1.0.0"), Api("1.0.0"), Accounts("1.0.0")).Outcome.Should().Be(DeploymentOutcome.Succeeded);
        foreach ((string name, FakeTarget target) in Targets)
        {
            target.After = (effect, _) =>
            {
                Effects.Add($"{name}: {effect.Text}");
                return Task.CompletedTask;
            };
        }

        return this;
    }

    internal string Live => string.Join(", ", Names.Select(name => $"{name} {Targets[name].Now.Traffic}"));

    private sealed class Wellness(string name, ServicesWorld world) : Check(name, CheckKind.Health)
    {
        public override CheckDescription Describe(CheckSubject subject) => new([$"look at {subject.Candidate}"], "It is well.");

        public override Task<Verdict> EvaluateAsync(CheckContext context, CancellationToken cancellationToken) =>
            Task.FromResult(world.Ill.Contains($"{Name} {context.Subject.Candidate.Version}") ? Verdict.Fail("ill") : Verdict.Pass("well"));
    }
}
