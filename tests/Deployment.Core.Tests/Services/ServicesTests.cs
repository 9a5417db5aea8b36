using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Store;
using static Deployment.Tests.Services.ServicesWorld;

namespace Deployment.Tests.Services;

/// <summary>Several applications as one deployment: what is needed comes first, and goes back last.</summary>
[Category("Unit")]
public sealed class ServicesTests
{
    private const string Old = "web web_1.0.0_1=100, api api_1.0.0_1=100, accounts accounts_1.0.0_1=100";

    [Test]
    public void Deploy_AllWell_WhatIsNeededTakesTrafficFirst()
    {
        ServicesWorld world = new ServicesWorld().Begin();

        DeploymentResult result = world.Deploy(Web("1.1.0"), Api("1.1.0"), Accounts("1.1.0"));

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
        world.Live.Should().Be("web web_1.1.0_1=100, api api_1.1.0_1=100, accounts accounts_1.1.0_1=100");
        world.Effects.Where(effect => effect.Contains("route", StringComparison.Ordinal)).Should().Equal(
            "accounts: route accounts_1.1.0_1=100", "api: route api_1.1.0_1=100", "web: route web_1.1.0_1=100");
        result.Runbook.Services!.Select(service => (service.Application, service.Turn)).Should().Equal(("accounts", 1), ("api", 2), ("web", 3));
    }

    [Test]
    public void Deploy_NothingNeedsTheOther_BothGoSideBySide()
    {
        var world = new ServicesWorld();
        int running = 0, most = 0;
        foreach (FakeTarget target in world.Targets.Values)
        {
            target.Before = async (_, cancellationToken) =>
            {
                most = Math.Max(most, ++running);
                await Task.Delay(TimeSpan.FromSeconds(1), world.Time.Clock, cancellationToken);
                running--;
            };
        }

        world.Deploy(Of("web", "1.0.0"), Of("api", "1.0.0"), Of("accounts", "1.0.0")).Outcome.Should().Be(DeploymentOutcome.Succeeded);

        most.Should().Be(3);
    }

    [Test]
    public void Deploy_TheLastOneFails_TrafficGoesBackFromTheLastToTheFirst()
    {
        ServicesWorld world = new ServicesWorld().Begin();
        world.Ill.Add("web under traffic 1.1.0");

        DeploymentResult result = world.Deploy(Web("1.1.0"), Api("1.1.0"), Accounts("1.1.0"));

        result.Outcome.Should().Be(DeploymentOutcome.RolledBack, result.Reason);
        world.Live.Should().Be(Old);
        world.Effects.Where(effect => effect.Contains("route", StringComparison.Ordinal)).Skip(3).Should().Equal(
            "web: route web_1.0.0_1=100", "api: route api_1.0.0_1=100", "accounts: route accounts_1.0.0_1=100");
        world.Targets.Values.Should().OnlyContain(target => target.Now.Revisions.Count == 1);
        world.Effects.Where(effect => effect.Contains("remove", StringComparison.Ordinal)).Should().Equal(
            "web: remove web_1.1.0_1", "api: remove api_1.1.0_1", "accounts: remove accounts_1.1.0_1");
    }

    [Test]
    public void Deploy_TheMiddleOneFails_TheLastIsNeverTouched()
    {
        ServicesWorld world = new ServicesWorld().Begin();
        world.Ill.Add("api 1.1.0");

        world.Deploy(Web("1.1.0"), Api("1.1.0"), Accounts("1.1.0")).Outcome.Should().Be(DeploymentOutcome.RolledBack);

        world.Live.Should().Be(Old);
        world.Effects.Should().NotContain(effect => effect.StartsWith("web", StringComparison.Ordinal));
    }

    /// <summary>The new web still serves and may need the new api, so that stays as well, and nobody says that all is as before.</summary>
    [Test]
    public void Deploy_OneCantGoBack_WhatItNeedsStaysToo()
    {
        ServicesWorld world = new ServicesWorld().Begin();
        world.Ill.Add("web under traffic 1.1.0");
        world.Targets["web"].Before = (effect, _) => effect.Text == "route web_1.0.0_1=100" ? throw new DeploymentException("The switch is stuck.") : Task.CompletedTask;

        DeploymentResult result = world.Deploy(Web("1.1.0"), Api("1.1.0"), Accounts("1.1.0"));

        result.Outcome.Should().Be(DeploymentOutcome.NeedsAttention);
        result.Reason.Should().Contain("on-web").And.Contain("left out");
        world.Live.Should().Be("web web_1.1.0_1=100, api api_1.1.0_1=100, accounts accounts_1.1.0_1=100");
    }

    /// <summary>This api requires nothing of accounts, and neither does web: they go back whole although web is stuck.</summary>
    [Test]
    public void Deploy_OneCantGoBack_WhatItDoesntNeedGoesBackWhole()
    {
        ServicesWorld world = new ServicesWorld().Begin();
        world.Ill.Add("web under traffic 1.1.0");
        world.Targets["web"].Before = (effect, _) => effect.Text == "route web_1.0.0_1=100" ? throw new DeploymentException("The switch is stuck.") : Task.CompletedTask;

        DeploymentResult result = world.Deploy(Web("1.1.0"), Of("api", "1.1.0"), Accounts("1.1.0"));

        result.Outcome.Should().Be(DeploymentOutcome.NeedsAttention);
        result.Runbook.Services!.Select(service => $"{service.Application} {service.Turn}: {string.Join(", ", service.Needs)}").Should().Equal("api 1: ", "accounts 1: ", "web 2: api");
        world.Live.Should().Be("web web_1.1.0_1=100, api api_1.1.0_1=100, accounts accounts_1.0.0_1=100");
        world.Targets["accounts"].Now.Revisions.Should().ContainSingle("what was installed is gone as well");
        world.Targets["api"].Now.Revisions.Should().HaveCount(2);
        result.Reason.Should().NotContain("accounts");
    }

    [Test]
    public void Deploy_TheMiddleOneCantGoBack_WhatNeedsItGoesBackAndWhatItNeedsStays()
    {
        ServicesWorld world = new ServicesWorld().Begin();
        world.Ill.Add("web under traffic 1.1.0");
        world.Targets["api"].Before = (effect, _) => effect.Text == "route api_1.0.0_1=100" ? throw new DeploymentException("The switch is stuck.") : Task.CompletedTask;

        DeploymentResult result = world.Deploy(Web("1.1.0"), Api("1.1.0"), Accounts("1.1.0"));

        result.Outcome.Should().Be(DeploymentOutcome.NeedsAttention);
        world.Live.Should().Be("web web_1.0.0_1=100, api api_1.1.0_1=100, accounts accounts_1.1.0_1=100");
        world.Targets["web"].Now.Revisions.Should().ContainSingle();
        world.Targets["accounts"].Now.Revisions.Should().HaveCount(2);
    }

    /// <summary>Going back it is the old api that is stuck, and the web that was there needs the new one.</summary>
    [Test]
    public void RollBack_TheSecondCantReturn_WhatNeededItStaysBack()
    {
        ServicesWorld world = new ServicesWorld().Begin();
        world.Deploy(Of("web", "1.2.0").Requires("api", "[1.2,3.0)"), Of("api", "1.2.0"), Accounts("1.2.0")).Outcome.Should().Be(DeploymentOutcome.Succeeded);
        world.Ill.Add("api under traffic 1.0.0");
        world.Targets["api"].Before = (effect, _) => effect.Text == "route api_1.2.0_1=100" ? throw new DeploymentException("The switch is stuck.") : Task.CompletedTask;

        DeploymentResult result = world.RollBack();

        result.Outcome.Should().Be(DeploymentOutcome.NeedsAttention);
        result.Runbook.Services!.Single(service => service.Application == "api").Needs.Should().Equal("web");
        world.Live.Should().Be("web web_1.0.0_1=100, api api_1.0.0_1=100, accounts accounts_1.2.0_1=100");
    }

    [Test]
    public void RollBack_AfterSuccess_TheDeploymentGoesBackTogetherAndInReverse()
    {
        ServicesWorld world = new ServicesWorld().Begin();
        world.Deploy(Accounts("1.1.0")).Outcome.Should().Be(DeploymentOutcome.Succeeded);
        world.Deploy(Web("1.2.0"), Api("1.2.0")).Outcome.Should().Be(DeploymentOutcome.Succeeded);
        world.Effects.Clear();

        world.RollBack().Outcome.Should().Be(DeploymentOutcome.Succeeded);

        world.Effects.Should().Equal("web: route web_1.0.0_1=100", "api: route api_1.0.0_1=100");
        world.Live.Should().Be("web web_1.0.0_1=100, api api_1.0.0_1=100, accounts accounts_1.1.0_1=100");
    }

    [Test]
    public void RollBack_Twice_TakesBackTheDeploymentBeforeAsWell()
    {
        ServicesWorld world = new ServicesWorld().Begin();
        world.Deploy(Accounts("1.1.0"));
        world.Deploy(Web("1.2.0"), Api("1.2.0"));
        world.RollBack();

        world.RollBack().Outcome.Should().Be(DeploymentOutcome.Succeeded);

        world.Live.Should().Be(Old);
    }

    [Test]
    public void RollBack_TheFirstDeployment_SaysThatNothingWasBefore()
    {
        ServicesWorld world = new ServicesWorld().Begin();

        FluentActions.Invoking(world.RollBack).Should().Throw<DeploymentException>().WithMessage("*the first release of web*Deploy the earlier releases*");
    }

    /// <summary>What is live was brought by no success, so nobody may guess that an older deployment of something else is meant.</summary>
    [Test]
    public void RollBack_AfterARunThatNeedsAttention_IsRefused()
    {
        ServicesWorld world = new ServicesWorld().Begin();
        world.Deploy(Accounts("1.1.0")).Outcome.Should().Be(DeploymentOutcome.Succeeded);
        world.Ill.Add("web under traffic 1.2.0");
        world.Targets["web"].Before = (effect, _) => effect.Text == "route web_1.0.0_1=100" ? throw new DeploymentException("The switch is stuck.") : Task.CompletedTask;
        world.Deploy(Web("1.2.0"), Api("1.2.0")).Outcome.Should().Be(DeploymentOutcome.NeedsAttention);

        FluentActions.Invoking(world.RollBack).Should().Throw<DeploymentException>().WithMessage("web_1.2.0_1 is live, and no deployment*");
        world.Targets["accounts"].Now.Traffic.ToString().Should().Be("accounts_1.1.0_1=100");
    }

    /// <summary>Its name is what people call it, and no part of the tree may be called the same.</summary>
    [Test]
    public void Deploy_AServiceIsCalledLikeATurn_GoesThrough()
    {
        var time = new VirtualTime();
        DeploymentPipeline pipeline = DeploymentPipeline.Create("platform")
            .Service("turn-1", part => part.DeployTo(new FakeTarget("one")).UseBlueGreen())
            .Service("api", part => part.DeployTo(new FakeTarget("two")).UseBlueGreen())
            .UseStore(new InMemoryDeploymentStore()).UseTimeProvider(time.Clock).Build();

        time.Run(() => pipeline.DeployAsync([Of("turn-1", "1.0.0"), Of("api", "1.0.0")])).Outcome.Should().Be(DeploymentOutcome.Succeeded);
    }

    /// <summary>What another pipeline went back from is nothing that a run of services could give a reason for.</summary>
    [Test]
    public void Retry_AnotherPipelineWentBackFromTheRelease_ItIsTriedAgain()
    {
        ServicesWorld world = new ServicesWorld().Begin();
        DeploymentPipeline other = DeploymentPipeline.Create("other").DeployTo(new FakeTarget("elsewhere")).UseBlueGreen().UseStore(world.Store).UseTimeProvider(world.Time.Clock)
            .Step("fail", Moment.Shifted, step => step.Run((_, _) => throw new DeploymentException("No.")).NothingToUndo()).Build();
        world.Time.Run(() => other.DeployAsync(Of("api", "1.1.0"))).Outcome.Should().Be(DeploymentOutcome.RolledBack);
        world.Time.Clock.Advance(TimeSpan.FromMinutes(1));
        world.Ill.Add("api 1.1.0");
        DeploymentResult failed = world.Deploy(Of("api", "1.1.0"));
        failed.Outcome.Should().Be(DeploymentOutcome.RolledBack);
        world.Ill.Clear();

        world.Time.Run(() => world.Pipeline().RetryAsync(failed.RunId)).Outcome.Should().Be(DeploymentOutcome.Succeeded);

        world.Targets["api"].Now.Traffic.ShareOf(new RevisionId("api", "1.1.0", 2)).Should().Be(100);
    }

    [Test]
    public void RollBack_ToAVersion_IsRefused()
    {
        ServicesWorld world = new ServicesWorld().Begin();

        FluentActions.Invoking(() => world.Time.Run(() => world.Pipeline().RollBackAsync("1.0.0"))).Should().Throw<DeploymentException>().WithMessage("*several services*");
    }

    [Test]
    public void RollBack_AgainAndAgain_TakesBackOneDeploymentAfterTheOther()
    {
        ServicesWorld world = new ServicesWorld().Begin();
        world.Deploy(Accounts("2.0.0"));
        world.Deploy(Of("web", "2.0.0").Requires("accounts", "[2.0,)"));
        world.Deploy(Accounts("2.1.0"));
        world.RollBack().Outcome.Should().Be(DeploymentOutcome.Succeeded);
        world.RollBack().Outcome.Should().Be(DeploymentOutcome.Succeeded, "web goes back first");

        world.RollBack().Outcome.Should().Be(DeploymentOutcome.Succeeded);
        world.Live.Should().Be(Old);
    }

    [Test]
    public void Complete_WindowHasClosed_OldRevisionsGo()
    {
        ServicesWorld world = new ServicesWorld().Begin();
        world.Deploy(Web("1.1.0"), Api("1.1.0"));
        world.Time.Clock.Advance(TimeSpan.FromHours(2));
        world.Effects.Clear();

        IReadOnlyList<DeploymentResult> results = world.Time.Run(() => world.Pipeline().CompleteAsync());

        results.Should().HaveCount(2).And.OnlyContain(result => result.Outcome == DeploymentOutcome.Succeeded);
        world.Effects.Should().BeEquivalentTo("web: remove web_1.0.0_1", "api: remove api_1.0.0_1");
    }

    [Test]
    public void Deploy_AnApprovalBeforeAll_NothingHappensUntilThen()
    {
        ServicesWorld world = new ServicesWorld().Begin();
        world.Configure = pipeline => pipeline.RequireApproval(timeout: TimeSpan.FromHours(1));

        DeploymentResult result = world.Deploy(Api("1.1.0"), Accounts("1.1.0"));

        result.Outcome.Should().Be(DeploymentOutcome.Rejected);
        world.Effects.Should().BeEmpty();
    }

    [Test]
    public void Plan_Twice_TheSameHash()
    {
        ServicesWorld world = new ServicesWorld().Begin();
        Runbook Plan() => world.Time.Run(() => world.Pipeline().PlanAsync([Web("1.1.0"), Api("1.1.0")]));

        Plan().Hash.Should().Be(Plan().Hash);
        Runbook.FromJson(Plan().ToJson()).Hash.Should().Be(Plan().Hash);
    }

    [Test]
    public void Complete_ALaterRunOfOneService_KnowsWhoDoesWhat()
    {
        var world = new ServicesWorld { Configure = pipeline => pipeline.Role("rollback owner", "ada") };
        world.Begin().Deploy(Accounts("1.1.0")).Outcome.Should().Be(DeploymentOutcome.Succeeded);
        world.Time.Clock.Advance(TimeSpan.FromHours(2));

        DeploymentResult retired = world.Time.Run(() => world.Pipeline().CompleteAsync()).Single();

        retired.Outcome.Should().Be(DeploymentOutcome.Succeeded, retired.Reason);
        retired.Runbook.Roles.Should().Contain("rollback owner", "ada");
    }

    [Test]
    public void Plan_Markdown_IsApproved()
    {
        ServicesWorld world = new ServicesWorld().Begin();

        Approved.Verify("services", world.Time.Run(() => world.Pipeline().PlanAsync([Web("1.1.0"), Api("1.1.0"), Accounts("1.1.0")])).ToMarkdown());
    }

    [Test]
    public void Status_WhileOneIsOpen_NamesWhatItBrings()
    {
        ServicesWorld world = new ServicesWorld().Begin();
        world.Deploy(Web("1.1.0"), Api("1.1.0"));

        DeploymentStatus status = world.Time.Run(() => world.Pipeline().StatusAsync());

        status.Targets.Select(target => target.Target).Should().Equal("on-accounts", "on-api", "on-web");
        status.ScheduledRuns.Should().HaveCount(2);
    }
}
