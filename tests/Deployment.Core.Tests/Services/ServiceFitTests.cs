using Deployment.Store;
using static Deployment.Tests.Services.ServicesWorld;

namespace Deployment.Tests.Services;

/// <summary>What a release requires is there at every moment, or nothing begins.</summary>
[Category("Unit")]
public sealed class ServiceFitTests
{
    [Test]
    public void Deploy_WhatRunsIsTooOld_IsRefused() => Errors(Of("web", "2.0.0").Requires("api", "[2.1,3.0)")).Should().Equal(
        "web 2.0.0 requires api [2.1,3.0), and would meet api 1.0.0, which runs in production. First bring another release of api, or bring it in the same deployment.");

    [Test]
    public void Deploy_WhatComesFits_ComesFirst()
    {
        ServicesWorld world = new ServicesWorld().Begin();

        DeploymentResult result = world.Deploy(Of("web", "2.0.0").Requires("api", "[2.1,3.0)"), Api("2.1.0"));

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
        result.Runbook.Services!.Select(service => service.Application).Should().Equal("api", "web");
    }

    [Test]
    public void Deploy_WhatComesDoesntFit_IsRefused() => Errors(Of("web", "2.0.0").Requires("api", "[2.1,3.0)"), Api("2.0.0")).Should().Equal(
        "web 2.0.0 requires api [2.1,3.0), and api 2.0.0 comes with this deployment. Bring a version that is in the range (a pre-release of a version counts as less than that version), or let web ask for another range.");

    /// <summary>Each fits in the end, but the old web would meet the new api on the way.</summary>
    [Test]
    public void Deploy_WhatRunsWouldMeetWhatComes_IsRefused() => Errors(Of("web", "2.0.0").Requires("api", "[3.0,4.0)"), Api("3.0.0")).Should().Equal(
        "web 1.0.0, which runs, requires api [1.0,3.0), and would meet api 3.0.0, which comes. First bring a release of web that goes together with both.");

    [Test]
    public void Deploy_AServiceThatIsLeftAloneNeedsTheOldOne_IsRefused() => Errors(Api("3.0.0")).Should().Equal(
        "web 1.0.0, which runs, requires api [1.0,3.0), and would meet api 3.0.0, which comes. First bring a release of web that goes together with both.");

    [Test]
    public void Deploy_NoSuchService_NamesIt() => Errors(Of("web", "2.0.0").Requires("search", "[1.0,)")).Should().Equal(
        "web 2.0.0 requires search [1.0,), and the pipeline 'platform' has no service 'search'. It has: web, api, accounts.");

    [Test]
    public void Deploy_ServiceWasNeverBrought_NamesIt()
    {
        var world = new ServicesWorld();

        Errors(world, Web("1.0.0")).Should().Equal("web 1.0.0 requires api [1.0,3.0), and api neither runs in production nor comes with this deployment. Bring it first, or with it.");
    }

    [Test]
    public void Deploy_Circle_IsNamed() => Errors(
        Of("web", "2.0.0").Requires("api"), Of("api", "2.0.0").Requires("accounts"), Of("accounts", "2.0.0").Requires("api")).Should().Equal(
        "The services need each other in a circle: accounts → api → accounts. One of them must go without the other for a while: bring it in two releases.");

    [Test]
    public void Deploy_SeveralThingsWrong_AllAreSaid() => Errors(Of("web", "2.0.0").Requires("api", "[9.0,)").Requires("search"), Accounts("0.9.0")).Should().BeEquivalentTo(
        "web 2.0.0 requires api [9.0,), and would meet api 1.0.0, which runs in production. First bring another release of api, or bring it in the same deployment.",
        "web 2.0.0 requires search *, and the pipeline 'platform' has no service 'search'. It has: web, api, accounts.",
        "api 1.0.0, which runs, requires accounts [1.0,), and would meet accounts 0.9.0, which comes. First bring a release of api that goes together with both.");

    [Test]
    public void Deploy_NoReleaseUnknownOnesAndTwins_AllAreSaid()
    {
        Errors().Should().Equal("There is no release. Give at least one.");
        Errors(Of("search", "1.0.0"), Api("1.1.0"), Api("1.2.0")).Should().Equal(
            "There is no service 'search'. The pipeline has: web, api, accounts.", "2 releases of api were given (1.1.0, 1.2.0). Take one.");
    }

    [Test]
    public void Deploy_PipelineWithoutServices_CantSeeWhatIsRequired()
    {
        var world = new Execution.World();

        FluentActions.Invoking(() => world.Time.Run(() => world.Pipeline().DeployAsync(Execution.World.Version("1.0.0").Requires("api", "[2.0,)"))))
            .Should().Throw<DeploymentValidationException>().Which.Errors.Should().ContainSingle().Which.Should().Contain("requires api [2.0,)").And.Contain("Service(...)");
        FluentActions.Invoking(() => world.Time.Run(() => world.Pipeline().DeployAsync([Execution.World.Version("1.0.0"), Of("api", "1.0.0")])))
            .Should().Throw<DeploymentException>().WithMessage("*one release at a time*Service(...)*");
    }

    private static IReadOnlyList<string> Errors(params Deployment.Releases.Release[] releases) => Errors(new ServicesWorld().Begin(), releases);

    private static IReadOnlyList<string> Errors(ServicesWorld world, params Deployment.Releases.Release[] releases)
    {
        IReadOnlyList<string> errors = FluentActions.Invoking(() => world.Time.Run(() => world.Pipeline().PlanAsync(releases))).Should().Throw<DeploymentValidationException>().Which.Errors;
        world.Effects.Should().BeEmpty();
        return errors;
    }
}
