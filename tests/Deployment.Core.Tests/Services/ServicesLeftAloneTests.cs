using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Store;
using Deployment.Targets;
using static Deployment.Tests.Services.ServicesWorld;

namespace Deployment.Tests.Services;

/// <summary>What a deployment needs of services that it doesn't bring stays as it was planned with, until the run has ended.</summary>
[Category("Unit")]
public sealed class ServicesLeftAloneTests
{
    [Test]
    public void Execute_WhatItRequiresHasChangedSinceItWasPlanned_IsStale()
    {
        ServicesWorld world = new ServicesWorld().Begin();
        Runbook planned = Plan(world, Web("1.1.0"));
        world.Deploy(Api("1.1.0")).Outcome.Should().Be(DeploymentOutcome.Succeeded);

        FluentActions.Invoking(() => Execute(world, planned)).Should().Throw<StalePlanException>()
            .Which.Moved.Should().ContainSingle().Which.ToString().Should().Contain("on-api").And.Contain("api_1.0.0_1=100");
        world.Targets["web"].Now.Traffic.ToString().Should().Be("web_1.0.0_1=100");
    }

    [Test]
    public void Execute_WhatRequiresItHasChangedSinceItWasPlanned_IsStale()
    {
        ServicesWorld world = new ServicesWorld().Begin();
        Runbook planned = Plan(world, Api("2.9.0"));
        world.Deploy(Web("1.1.0")).Outcome.Should().Be(DeploymentOutcome.Succeeded);

        FluentActions.Invoking(() => Execute(world, planned)).Should().Throw<StalePlanException>().WithMessage("*traffic of on-web*");
    }

    /// <summary>Accounts and web need nothing of each other, so a plan for one doesn't rest on the other.</summary>
    [Test]
    public void Execute_WhatNeedsNothingOfItHasChanged_GoesThrough()
    {
        ServicesWorld world = new ServicesWorld().Begin();
        Runbook planned = Plan(world, Web("1.1.0"));
        world.Deploy(Accounts("1.1.0")).Outcome.Should().Be(DeploymentOutcome.Succeeded);

        Execute(world, planned).Outcome.Should().Be(DeploymentOutcome.Succeeded);
    }

    /// <summary>This api requires nothing, so accounts are free.</summary>
    [TestCase("web", "api", Description = "what it requires")]
    [TestCase("api", "web", Description = "what requires it")]
    public void Deploy_WhileAnotherRunLasts_WhatThatNeedsIsClaimed(string runs, string needed)
    {
        ServicesWorld world = new ServicesWorld().Begin();
        world.Deploy(Of("api", "1.0.1")).Outcome.Should().Be(DeploymentOutcome.Succeeded);
        string before = world.Targets[needed].Now.Traffic.ToString();
        DeploymentPipeline waiting = world.Pipeline(more: pipeline => pipeline.RequireApproval());

        (Exception? refused, DeploymentResult beside, DeploymentResult first) = world.Time.Run(async () =>
        {
            Task<DeploymentResult> deploying = waiting.DeployAsync([Next(runs)]);
            await Task.Delay(TimeSpan.FromHours(1), world.Time.Clock);
            Exception? refusal = null;
            try
            {
                await world.Pipeline().DeployAsync([Next(needed)]);
            }
            catch (TargetClaimedException claimed)
            {
                refusal = claimed;
            }

            DeploymentResult other = await world.Pipeline().DeployAsync([Accounts("1.1.0")]);
            RunRecord run = (await world.Store.ListRunsAsync(CancellationToken.None)).Single(run => run.State == RunState.Held);
            await waiting.SignalAsync(run.Id, Signal.Approve("ada", run.RunbookHash!));
            return (refusal, other, await deploying);
        });

        refused.Should().BeOfType<TargetClaimedException>().Which.Message.Should().Contain(first.RunId);
        beside.Outcome.Should().Be(DeploymentOutcome.Succeeded, beside.Reason);
        first.Outcome.Should().Be(DeploymentOutcome.Succeeded, first.Reason);
        world.Targets[needed].Now.Traffic.ToString().Should().Be(before);
        world.Store.ListClaimsAsync(CancellationToken.None).GetAwaiter().GetResult().Should().BeEmpty();
    }

    /// <summary>This web required nothing when the plan was made, so it was not in its basis; the one that runs now can't live with the api that comes.</summary>
    [Test]
    public void Execute_WhatNeededNothingDoesByNow_IsRefused()
    {
        ServicesWorld world = new ServicesWorld().Begin();
        world.Deploy(Of("web", "1.0.1")).Outcome.Should().Be(DeploymentOutcome.Succeeded);
        Runbook planned = Plan(world, Api("3.0.0"));
        planned.Targets.Select(target => target.Target).Should().NotContain("on-web");
        world.Deploy(Web("1.1.0")).Outcome.Should().Be(DeploymentOutcome.Succeeded);

        FluentActions.Invoking(() => Execute(world, planned)).Should().Throw<DeploymentValidationException>()
            .Which.Errors.Should().ContainSingle().Which.Should().StartWith("web 1.1.0, which runs, requires api [1.0,3.0), and would meet api 3.0.0");
        world.Targets["api"].Now.Live()!.Version.Should().Be("1.0.0");
    }

    [Test]
    public void Plan_AServiceIsLeftAlone_TheRunbookSaysSo()
    {
        ServicesWorld world = new ServicesWorld().Begin();

        Runbook planned = Plan(world, Web("1.1.0"));

        planned.Targets.Select(target => (target.Target, target.LeftAlone)).Should().Equal(("on-web", false), ("on-api", true));
        planned.Basis.Should().Contain(fact => fact.Target == "on-api" && fact.Name == "traffic" && fact.Value == "api_1.0.0_1=100");
        planned.ToMarkdown().Should().Contain("| left alone | `on-api`: it must stay as it is meanwhile, and is claimed |");
        Runbook.FromJson(planned.ToJson()).Hash.Should().Be(planned.Hash);
    }

    /// <summary>Being left alone is nothing that a service could go back from, and ends none of its later runs.</summary>
    [Test]
    public void RollBack_AfterItWasLeftAlone_GoesOnWithItsOwnHistory()
    {
        ServicesWorld world = new ServicesWorld().Begin();
        world.Deploy(Api("1.1.0")).Outcome.Should().Be(DeploymentOutcome.Succeeded);
        world.Deploy(Web("1.1.0")).Outcome.Should().Be(DeploymentOutcome.Succeeded);
        world.RollBack().Outcome.Should().Be(DeploymentOutcome.Succeeded);
        world.Live.Should().Be("web web_1.0.0_1=100, api api_1.1.0_1=100, accounts accounts_1.0.0_1=100");

        world.RollBack().Outcome.Should().Be(DeploymentOutcome.Succeeded);

        world.Live.Should().Be("web web_1.0.0_1=100, api api_1.0.0_1=100, accounts accounts_1.0.0_1=100");
    }

    /// <summary>While no process drove the run somebody deployed by hand what it needs: a person decides.</summary>
    [Test]
    public void Resume_WhatItRequiresHasChangedByHand_IsHeld()
    {
        ServicesWorld world = new ServicesWorld().Begin();
        DeploymentPipeline waiting = world.Pipeline(more: pipeline => pipeline.RequireApproval().ConfigureEngine(engine => engine.OnCancellation = CancellationPolicy.Detach));
        DeploymentResult result = world.Time.Run(async () =>
        {
            using var host = new CancellationTokenSource();
            Task<DeploymentResult> deploying = waiting.DeployAsync([Web("1.1.0")], host.Token);
            await Task.Delay(TimeSpan.FromHours(1), world.Time.Clock);
            await host.CancelAsync();
            await FluentActions.Awaiting(() => deploying).Should().ThrowAsync<OperationCanceledException>();
            world.Targets["api"].Seed(new Revision(new RevisionId("api", "2.0.0", 1), Api("2.0.0")));
            RunRecord run = (await world.Store.ListRunsAsync(CancellationToken.None))[^1];
            Task<DeploymentResult> resuming = waiting.ResumeAsync(run.Id);
            await Task.Delay(TimeSpan.FromHours(1), world.Time.Clock);
            (await world.Store.FindRunAsync(run.Id, CancellationToken.None))!.Reason.Should().Contain("traffic of on-api");
            await waiting.SignalAsync(run.Id, Signal.Abort("ada"));
            return await resuming;
        });

        result.Outcome.Should().Be(DeploymentOutcome.Rejected, result.Reason);
    }

    private static Release Next(string service) => service == "web" ? Web("1.1.0") : Of("api", "1.1.0");

    private static Runbook Plan(ServicesWorld world, params Release[] releases) => world.Time.Run(() => world.Pipeline().PlanAsync(releases));

    private static DeploymentResult Execute(ServicesWorld world, Runbook runbook) => world.Time.Run(() => world.Pipeline().ExecuteAsync(runbook));
}
