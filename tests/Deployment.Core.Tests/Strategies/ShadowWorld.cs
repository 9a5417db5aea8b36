using Deployment.Secrets;
using Deployment.Store;
using Deployment.Strategies.Shadow;
using Deployment.Targets;
using Deployment.Tests.Execution;

namespace Deployment.Tests.Strategies;

/// <summary>A world where 1.0.0 is live and 1.1.0 answers copies first.</summary>
internal static class ShadowWorld
{
    internal static World Live(Action<ShadowOptions>? configure = null, FakeTarget? target = null)
    {
        var world = new World { Target = target ?? new FakeTarget("web") };
        world.Deploy("1.0.0").Outcome.Should().Be(DeploymentOutcome.Succeeded);
        world.Configure = pipeline => pipeline.UseShadow(configure ?? (_ => { }));
        world.Record();
        return world;
    }

    internal static World Trial(Action<ShadowOptions>? configure = null) => Live(shadow =>
    {
        shadow.Then = null;
        configure?.Invoke(shadow);
    });

    internal static MirrorComparison Seen(long compared = 1000, long otherStatus = 0, long failed = 0, double user = 40, double copy = 40) => new()
    {
        Sent = compared + failed,
        UnderWay = 0,
        Skipped = 7,
        Compared = compared,
        OtherStatus = otherStatus,
        Failed = failed,
        Differences = otherStatus > 0 ? new Dictionary<string, long> { ["200 -> 500"] = otherStatus } : [],
        UserLatency = TimeSpan.FromMilliseconds(user),
        CopyLatency = TimeSpan.FromMilliseconds(copy),
    };

    /// <summary>What was copied to whom, in order, with who answered users then.</summary>
    internal static IEnumerable<string> Mirrors(this World world) => world.Target.Transcript.Where(effect => effect.StartsWith("mirror", StringComparison.Ordinal));

    /// <summary>Somebody applies an operation beside all runs.</summary>
    internal static void Apply(this World world, Operation operation) => world.Time.Run(() => world.Target.Verbs.Single(verb => verb.Name == operation.Verb).RunAsync(
        operation.Arguments,
        new EffectContext("by hand", "step", 1, new RecordingCommandRunner(), new EnvironmentSecretStore(), world.Time.Clock),
        CancellationToken.None));

    /// <summary>Somebody has copies sent to a revision beside all runs.</summary>
    internal static TrafficMirror CopyByHand(this World world)
    {
        var mirror = new TrafficMirror(new("shop", "0.9.0", 1), 5);
        world.Apply(world.Target.Install(new(mirror.Revision, World.Version("0.9.0"))));
        world.Apply(((IMirrorTraffic)world.Target).Mirror(mirror));
        return mirror;
    }

    internal static void IsWithoutCopies(this World world, string why)
    {
        world.IsAsBefore(why);
        world.Target.Now.Mirror.Should().BeNull(why);
    }
}
