using System.Text;
using Deployment.Health;
using Deployment.Providers.Aws.Lambda;
using Deployment.Providers.Aws.Lambda.Calls;
using Deployment.Providers.Aws.Tests.Lambda.Support;
using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Store;

namespace Deployment.Providers.Aws.Tests.Lambda.Checks;

public sealed class InvokeTests
{
    private InMemoryDeploymentStore _store = null!;
    private LambdaRig _rig = null!;
    private List<(int Version, string Payload, string Shares)> _asked = null!;

    [SetUp]
    public void Begin()
    {
        _store = new InMemoryDeploymentStore();
        _rig = new LambdaRig();
        _rig.Stub.Latest = _rig.Stub.Latest with { PackageType = "Image" };
        _asked = [];
    }

    [TearDown]
    public void End() => _rig.Dispose();

    [Test]
    public void SmokeTest_Invoke_AsksTheVersionItselfBeforeAnyUserMeetsIt()
    {
        Answer((_, _) => """{"statusCode":200,"body":"hello"}""");
        Deploy("1.0.0").Outcome.Should().Be(DeploymentOutcome.Succeeded);
        _asked.Clear();
        DeploymentResult result = Deploy("1.1.0", invoke => (invoke.StatusCode, invoke.Text) = (200, "hello"));
        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
        _asked.Should().Equal((2, """{"path":"/health"}""", "1=100"));
    }

    [TestCase("""{"statusCode":500}""", null, "answered without the statusCode 200: {\"statusCode\":500}")]
    [TestCase("no JSON", null, "answered with no JSON: no JSON")]
    [TestCase("""{"statusCode":200}""", "Unhandled", "failed (Unhandled)")]
    public void SmokeTest_Invoke_VersionThatAnswersWrong_NeverMeetsAUser(string answer, string? error, string expected)
    {
        Answer((_, _) => """{"statusCode":200}""");
        Deploy("1.0.0").Outcome.Should().Be(DeploymentOutcome.Succeeded);
        HashSet<string> shares = [];
        _rig.Stub.After = _ => shares.Add(_rig.Shares);
        Answer((_, _) => answer, error, "START\nconnection refused \u001b[31m\nEND");
        DeploymentResult result = Deploy("1.1.0", invoke => invoke.StatusCode = 200);
        result.Outcome.Should().Be(DeploymentOutcome.RolledBack, result.Reason);
        result.Reason.Should().Contain("Version 2 ").And.Contain(expected).And.Contain("connection refused").And.NotContain("\u001b");
        _rig.Shares.Should().Be("1=100");
        shares.Should().Equal("1=100");
        _rig.Stub.Numbers.Should().Equal(1);
    }

    [Test]
    public void SmokeTest_Expect_LetsCodeDecide()
    {
        Answer((_, _) => """{"orders":3}""");
        Deploy("1.0.0", invoke => invoke.Expect("there are orders", json => json.GetProperty("orders").GetInt32() > 0)).Outcome.Should().Be(DeploymentOutcome.Succeeded);
        DeploymentResult result = Deploy("1.1.0", invoke => invoke.Expect("there are many orders", json => json.GetProperty("orders").GetInt32() > 10));
        result.Outcome.Should().Be(DeploymentOutcome.RolledBack);
        result.Reason.Should().Contain("there are many orders");
        Deploy("1.2.0", invoke => invoke.Expect("it throws", json => json.GetProperty("nothing").GetBoolean())).Outcome.Should().Be(DeploymentOutcome.RolledBack);
    }

    [Test]
    public void SmokeTest_WrongOptions_AreAllReported() =>
        FluentActions.Invoking(() => DeploymentPipeline.Create("shop").SmokeTest("answers", smoke => smoke.Invoke("no json", invoke => (invoke.StatusCode, invoke.Text) = (42, "")))).Should().Throw<DeploymentValidationException>()
            .WithMessage("*StatusCode is 42*").WithMessage("*Text is empty*").WithMessage("*payload is no JSON*");

    [Test]
    public void Plan_Invoke_PrintsALineThatInvokesTheVersion()
    {
        Answer((_, _) => "{}");
        Runbook runbook = _rig.Time.Run(() => Pipeline(null).PlanAsync(Of("1.0.0")));
        runbook.ToMarkdown().Should().Contain("ADDRESS=$(aws lambda list-versions-by-function").And.Contain("lambda_at_address invoke --function-name \"$ADDRESS\"");
    }

    private void Answer(Func<int, string, string> answer, string? error = null, string log = "") => _rig.Stub.Answer = (version, payload) =>
    {
        _asked.Add((version, Encoding.UTF8.GetString(payload), _rig.Shares));
        return new Invocation(version.ToString(), error, Encoding.UTF8.GetBytes(answer(version, "")), log);
    };

    private static Release Of(string version) =>
        Release.Of("shop", version, Artifact.Image($"123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop@sha256:{new string(version[2], 64)}"));

    private DeploymentResult Deploy(string version, Action<LambdaInvokeOptions>? configure = null) => _rig.Time.Run(() => Pipeline(configure).DeployAsync(Of(version)));

    private DeploymentPipeline Pipeline(Action<LambdaInvokeOptions>? configure) => DeploymentPipeline.Create("shop")
        .DeployTo(_rig.Make())
        .UseBlueGreen()
        .UseStore(_store)
        .UseTimeProvider(_rig.Time.Clock)
        .SmokeTest("answers", smoke => smoke.Invoke("""{"path":"/health"}""", configure))
        .Build();
}
