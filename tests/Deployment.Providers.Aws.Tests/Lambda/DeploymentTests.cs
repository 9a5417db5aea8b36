using System.Text.Json;
using Deployment.Providers.Aws.Lambda;
using Deployment.Providers.Aws.Tests.Lambda.Support;
using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Store;
using Deployment.Targets;

namespace Deployment.Providers.Aws.Tests.Lambda;

/// <summary>Whole deployments to an emulator of AWS, with what stands looked at by the aws tool.</summary>
public sealed class DeploymentTests : MotoTest
{
    private readonly List<string> _seen = [];
    private InMemoryDeploymentStore _store = null!;

    [SetUp]
    public void Begin()
    {
        _seen.Clear();
        _store = new InMemoryDeploymentStore();
    }

    [TestCase("canary")]
    [TestCase("blue-green")]
    [TestCase("recreate")]
    public async Task Deploy_TwoReleases_TheSecondTakesTheTrafficOver(string strategy)
    {
        DeploymentPipeline pipeline = Pipeline(strategy);
        DeploymentResult first = await pipeline.DeployAsync(Function.Release("1.0.0"));
        first.Outcome.Should().Be(DeploymentOutcome.Succeeded, first.Reason);
        (await Function.SharesAsync()).Should().Be("1=100");
        _seen.Clear();
        DeploymentResult second = await pipeline.DeployAsync(Function.Release("1.1.0"));
        second.Outcome.Should().Be(DeploymentOutcome.Succeeded, second.Reason);
        (await Function.SharesAsync()).Should().Be("2=100");
        (await Function.VersionsAsync()).Should().HaveCount(2).And.Contain(version => version.StartsWith("2 shop_1.1.0_1 on live, epoch ", StringComparison.Ordinal));
        JsonElement version = await Function.VersionAsync(2);
        version.GetProperty("CodeSha256").GetString().Should().Be(Convert.ToBase64String(Convert.FromHexString((await Function.RevisionAsync(Function.Target(), "1.1.0")).Release.Artifact.Sha256!)));
        JsonElement variables = version.GetProperty("Environment").GetProperty("Variables");
        variables.GetProperty("TABLE").GetString().Should().Be("orders", "what isn't named is kept");
        variables.GetProperty("COLOR").GetString().Should().Be("color of 1.1.0, 'quoted' `$HOME`");
        if (strategy == "canary")
        {
            _seen.Distinct().Should().Equal("1.0.0=100", "1.0.0=90,1.1.0=10", "1.0.0=50,1.1.0=50", "1.1.0=100");
        }
    }

    [TestCase("canary")]
    [TestCase("blue-green")]
    [TestCase("recreate")]
    public async Task Deploy_ReleaseThatIsNotWell_GoesBackAndLeavesNothing(string strategy)
    {
        DeploymentPipeline pipeline = Pipeline(strategy, version => version == "1.1.0");
        (await pipeline.DeployAsync(Function.Release("1.0.0"))).Outcome.Should().Be(DeploymentOutcome.Succeeded);
        DeploymentResult bad = await pipeline.DeployAsync(Function.Release("1.1.0"));
        bad.Outcome.Should().Be(DeploymentOutcome.RolledBack, bad.Reason);
        (await Function.SharesAsync()).Should().Be("1=100");
        _seen.Should().Contain(seen => seen.Contains("1.1.0=", StringComparison.Ordinal), "users met it before");
        Observation after = await Function.Target().ObserveAsync(CancellationToken.None);
        after.Revisions.Select(revision => revision.Id.Version).Should().Equal("1.0.0");
    }

    [Test]
    public async Task Deploy_FirstReleaseThatIsNotWell_LeavesNoAlias([Values("blue-green", "recreate")] string strategy)
    {
        DeploymentResult bad = await Pipeline(strategy, _ => true).DeployAsync(Function.Release("1.0.0"));
        bad.Outcome.Should().Be(DeploymentOutcome.RolledBack, bad.Reason);
        (await Function.SharesAsync()).Should().Be("none");
        (await Function.VersionsAsync()).Should().BeEmpty();
    }

    [Test]
    public async Task Deploy_ToAnAliasMadeByHand_GoesBackToWhatItHad()
    {
        await Moto.AwsAsync("lambda", "publish-version", "--function-name", Function.Name, "--description", "By hand.");
        await Moto.AwsAsync("lambda", "create-alias", "--function-name", Function.Name, "--name", "live", "--function-version", "1", "--description", "What the page calls.");
        DeploymentResult bad = await Pipeline("canary", version => version == "1.0.0").DeployAsync(Function.Release("1.0.0"));
        bad.Outcome.Should().Be(DeploymentOutcome.RolledBack, bad.Reason);
        (await Function.SharesAsync()).Should().Be("1=100");
        DeploymentResult good = await Pipeline("canary").DeployAsync(Function.Release("1.1.0"));
        good.Outcome.Should().Be(DeploymentOutcome.Succeeded, good.Reason);
        (await Moto.AwsAsync("lambda", "get-alias", "--function-name", Function.Name, "--name", "live")).GetProperty("Description").GetString().Should().StartWith("What the page calls. [deployment epoch ");
        (await Function.VersionsAsync()).Should().Contain("1 By hand.");
    }

    [Test]
    public async Task RollBack_AfterASuccess_IsAChangeOfTheAlias()
    {
        DeploymentPipeline pipeline = Pipeline("blue-green");
        await pipeline.DeployAsync(Function.Release("1.0.0"));
        await pipeline.DeployAsync(Function.Release("1.1.0"));
        DeploymentResult back = await pipeline.RollBackAsync();
        back.Outcome.Should().Be(DeploymentOutcome.Succeeded, back.Reason);
        (await Function.SharesAsync()).Should().Be("1=100");
        (await Function.VersionsAsync()).Should().HaveCount(2, "nothing was published for it");
    }

    [Test]
    public async Task Plan_AliasOnLatest_IsRefused()
    {
        await Moto.AwsAsync("lambda", "create-alias", "--function-name", Function.Name, "--name", "live", "--function-version", "$LATEST");
        await Pipeline("canary").Invoking(pipeline => pipeline.PlanAsync(Function.Release("1.0.0"))).Should().ThrowAsync<DeploymentValidationException>().WithMessage("*points at $LATEST*");
    }

    [Test]
    public async Task Plan_NewVersionWithAnotherRole_RefusesACanaryAndSaysWhy()
    {
        await Pipeline("recreate").DeployAsync(Function.Release("1.0.0"));
        string role = (await Moto.AwsAsync("iam", "create-role", "--role-name", $"{Function.Name}-other", "--assume-role-policy-document", "{}")).GetProperty("Role").GetProperty("Arn").GetString()!;
        await Moto.AwsAsync("lambda", "update-function-configuration", "--function-name", Function.Name, "--role", role);
        await Pipeline("canary").Invoking(pipeline => pipeline.PlanAsync(Function.Release("1.1.0"))).Should().ThrowAsync<DeploymentValidationException>().WithMessage($"*{role}*versions with one role*");
        (await Pipeline("blue-green").DeployAsync(Function.Release("1.1.0"))).Outcome.Should().Be(DeploymentOutcome.Succeeded, "a switch needs no weights");
    }

    [Test]
    public async Task Plan_AnImageForAFunctionOfZips_IsRefused()
    {
        Artifact image = Artifact.Image($"123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop@sha256:{new string('a', 64)}");
        await Pipeline("canary").Invoking(pipeline => pipeline.PlanAsync(Release.Of("shop", "1.0.0", image))).Should().ThrowAsync<DeploymentException>().WithMessage("*takes zips*is an image*");
    }

    [Test]
    public async Task Plan_SomebodyCallsTheFunctionWithoutTheAlias_IsNoted()
    {
        await Moto.AwsAsync("lambda", "add-permission", "--function-name", Function.Name, "--statement-id", "api", "--action", "lambda:InvokeFunction", "--principal", "apigateway.amazonaws.com");
        Runbook runbook = await Pipeline("canary").PlanAsync(Function.Release("1.0.0"));
        runbook.ToMarkdown().Should().Contain("The statement api of the function's policy lets").And.Contain("without the alias live");
    }

    [Test]
    public async Task Plan_TheSameTwice_HasTheSameHashAndChangesNothing()
    {
        DeploymentPipeline pipeline = Pipeline("canary");
        Runbook one = await pipeline.PlanAsync(Function.Release("1.0.0"));
        Runbook other = await pipeline.PlanAsync(Function.Release("1.0.0"));
        other.Hash.Should().Be(one.Hash);
        (await Function.VersionsAsync()).Should().BeEmpty();
    }

    private DeploymentPipeline Pipeline(string strategy, Func<string, bool>? isBad = null)
    {
        LambdaTarget target = Function.Target();
        DeploymentPipelineBuilder builder = DeploymentPipeline.Create(Function.Name).DeployTo(target).UseStore(_store);
        builder = strategy switch
        {
            "canary" => builder.UseCanary(canary => (canary.Steps, canary.BakeTime) = ([10, 50, 100], TimeSpan.Zero)),
            "blue-green" => builder.UseBlueGreen(),
            _ => builder.UseRecreate(),
        };
        return builder.RequireHealthy(health => health
            .Check("is well", async (context, cancellationToken) =>
            {
                // By the target itself: a check has little time, and the aws tool takes some to start.
                TrafficSplit split = (await target.ObserveAsync(cancellationToken)).Traffic;
                _seen.Add(string.Join(',', split.Shares.Select(share => $"{share.Key.Version}={share.Value}")));
                return isBad?.Invoke(context.Subject.Candidate.Version) == true && split.ShareOf(context.Subject.Candidate) > 0 ? "It is not well." : null;
            })
            .With(options => (options.ConsecutiveSuccesses, options.Interval, options.Timeout, options.Deadline) = (1, TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(14), TimeSpan.FromSeconds(15)))).Build();
    }
}
