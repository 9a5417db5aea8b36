using System.Globalization;
using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Store;
using Deployment.Testing;

namespace Deployment.Integration.Tests.Deployer;

/// <summary>
/// Deploys to one target round after round, at the same moment as another process does. Who is let in stays in until the other
/// was refused, or is in as well: then both have won.
/// </summary>
internal sealed class Race(DeployerOptions options)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private readonly string _other = options.Name == "a" ? "b" : "a";

    internal async Task<IReadOnlyList<RunAnswer>> RunAsync()
    {
        IDeploymentStore store = options.Unclaimed ? new UnclaimedStore(Composition.Store(options)) : Composition.Store(options);
        List<RunAnswer> answers = [];
        for (int round = 1; round <= options.Rounds; round++)
        {
            DeploymentPipeline pipeline = Pipeline(store, round);
            Release release = Release.Of("shop", string.Create(CultureInfo.InvariantCulture, $"1.0.{round}"), Artifact.Process("shop"));
            await MeetAsync(round, "ready");
            answers.Add(await DeployAsync(pipeline, release));
            Touch(round, options.Name, "out");
            await MeetAsync(round, "end");
        }

        return answers;
    }

    private static async Task<RunAnswer> DeployAsync(DeploymentPipeline pipeline, Release release)
    {
        try
        {
            DeploymentResult result = await pipeline.DeployAsync(release);
            return new RunAnswer(result.RunId, result.Outcome, result.Reason);
        }
        catch (TargetClaimedException error)
        {
            return new RunAnswer(error.Claim.RunId, null, null, nameof(TargetClaimedException), error.Message);
        }
    }

    private DeploymentPipeline Pipeline(IDeploymentStore store, int round) => DeploymentPipeline.Create("shop")
        .DeployTo(new FakeTarget("web"))
        .UseBlueGreen()
        .UseStore(store)
        .ConfigureEngine(engine => engine.LeaseTerm = TimeSpan.FromSeconds(10))
        .Step("stay", Moment.Installed, step => step.Run((_, _) => StayAsync(round)).MayBeRepeated().NothingToUndo())
        .Build();

    private async Task StayAsync(int round)
    {
        Touch(round, options.Name, "in");
        await UntilAsync(() => Is(round, _other, "out") || Is(round, _other, "in"));
    }

    private async Task MeetAsync(int round, string where)
    {
        Touch(round, options.Name, where);
        await UntilAsync(() => Is(round, _other, where));
    }

    private void Touch(int round, string name, string what) => File.WriteAllText(PathOf(round, name, what), "");

    private bool Is(int round, string name, string what) => File.Exists(PathOf(round, name, what));

    private string PathOf(int round, string name, string what) =>
        Path.Combine(options.World, string.Create(CultureInfo.InvariantCulture, $"{round}-{name}-{what}"));

    private static async Task UntilAsync(Func<bool> condition)
    {
        long begin = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            if (TimeProvider.System.GetElapsedTime(begin) > Limit)
            {
                throw new DeploymentException("The other process of the race does not come.");
            }

            await Task.Delay(1);
        }
    }
}
