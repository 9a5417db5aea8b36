using Deployment.Runbooks;
using Deployment.Store;
using Deployment.Targets;
using Deployment.Tests.Execution;

namespace Deployment.Tests.Planning;

/// <summary>What targets say that a release would change.</summary>
[Category("Unit")]
public sealed class ExpectedChangesTests
{
    [Test]
    public void Plan_ATargetTells_ShowsItAndIsBoundToIt()
    {
        var world = new World();
        Runbook silent = Plan(world);
        silent.Changes.Should().BeNull();
        silent.ToMarkdown().Should().NotContain("What would change");

        Tell(world, "upload new (1):", "  index.html");
        Runbook told = Plan(world);

        told.Changes!.Single().Should().BeEquivalentTo(new TargetChanges("web", ["upload new (1):", "  index.html"]));
        told.ToMarkdown().Should().Contain("## What would change\n\n`web`:\n\n```text\nupload new (1):\n  index.html\n```\n");
        Runbook.FromJson(told.ToJson()).Should().Be(told);
        Tell(world, "upload new (1):", "  other.html");
        Plan(world).Hash.Should().NotBe(told.Hash);
    }

    [Test]
    public void Plan_WhatIsToldIsHostile_IsShownAndNoMore()
    {
        var world = new World();
        Tell(world, ["a\nb\u001b[31m", "```", new string('x', 5000), .. Enumerable.Range(0, 300).Select(i => $"{i}")]);

        Runbook plan = Plan(world);

        plan.Changes!.Single().Lines.Should().HaveCount(201).And.StartWith([@"a\u000ab\u001b[31m", "```", new string('x', 2000) + "…"]).And.EndWith("and 103 lines more");
        plan.ToMarkdown().Should().Contain("````text\n").And.NotContain("\u001b");
    }

    [Test]
    public void Plan_AChangeIsImpossible_IsRefusedWithAllElseThatIs()
    {
        var world = new World();
        world.Target.Changes = _ => new TargetChanges("web", ["remove (90)"]) { Problems = ["It would remove 90 of 100 files.", "One is locked."] };

        FluentActions.Invoking(() => world.Deploy("1.0.0")).Should().Throw<DeploymentValidationException>().Which.Errors.Should().Equal("It would remove 90 of 100 files.", "One is locked.");

        world.Target.Transcript.Should().BeEmpty();
        world.Runs().Should().BeEmpty();
    }

    [Test]
    public void Plan_ATargetCantFindOut_SaysSoAndChangesNothing()
    {
        var world = new World();
        world.Target.Changes = _ => throw new DeploymentException("The bucket can't be listed.");

        FluentActions.Invoking(() => world.Deploy("1.0.0")).Should().Throw<DeploymentException>().WithMessage("*The bucket can't be listed.*");

        world.Target.Transcript.Should().BeEmpty();
    }

    [Test]
    public void Plan_TheTargetHasAProblem_IsAskedNothingMore()
    {
        var world = new World();
        world.Target.Problems = ["There is no bucket."];
        world.Target.Changes = _ => throw new InvalidOperationException("It was asked.");

        FluentActions.Invoking(() => Plan(world)).Should().Throw<DeploymentValidationException>().Which.Errors.Should().Equal("There is no bucket.");
    }

    [Test]
    public void RollBack_AsksNobody()
    {
        var world = new World();
        world.Deploy("1.0.0");
        world.Deploy("1.1.0");
        world.Target.Changes = _ => throw new InvalidOperationException("It was asked.");

        world.Time.Run(() => world.Pipeline().RollBackAsync()).Outcome.Should().Be(DeploymentOutcome.Succeeded);
    }

    private static Runbook Plan(World world) => world.Time.Run(() => world.Pipeline().PlanAsync(World.Version("1.0.0")));

    private static void Tell(World world, params string[] lines) => world.Target.Changes = release => release.Version == "1.0.0" ? new TargetChanges("web", lines) : throw new InvalidOperationException(release.Version);
}
