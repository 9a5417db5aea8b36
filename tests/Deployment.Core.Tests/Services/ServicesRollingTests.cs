using Deployment.Health;
using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Store;
using static Deployment.Tests.Services.ServicesWorld;

namespace Deployment.Tests.Services;

/// <summary>Rolling goes back batch by batch, and among services of several turns that is in its turn: the new web never meets the old api that it can't live with.</summary>
[Category("Unit")]
public sealed class ServicesRollingTests
{
    private const string Old = "web_1.0.0_1=100, api_1.0.0_1=100";
    private const string New = "web_1.1.0_1=100, api_1.1.0_1=100";
    private readonly List<string> _violations = [];
    private Random _random = null!;
    private VirtualTime _time = null!;
    private InMemoryDeploymentStore _store = null!;
    private FakeTarget _web = null!, _api = null!;
    private bool _fails, _webRolls, _apiRolls;

    private static Release NewWeb => Of("web", "1.1.0").Requires("api", "[1.1,2.0)");

    [TestCase(true, false)]
    [TestCase(false, true)]
    [TestCase(true, true)]
    public void Deploy_TheLastOneFails_GoesBackTurnByTurn(bool webRolls, bool apiRolls)
    {
        Begin(webRolls, apiRolls, fails: true);

        DeploymentResult result = _time.Run(() => Pipeline().DeployAsync([NewWeb, Of("api", "1.1.0")]));

        result.Outcome.Should().Be(DeploymentOutcome.RolledBack, result.Reason);
        State.Should().Be(Old);
        _violations.Should().BeEmpty();
        _web.Now.Revisions.Should().ContainSingle();
        _api.Now.Revisions.Should().ContainSingle();
    }

    [Test]
    public void Deploy_AllWell_BothRollThrough()
    {
        Begin(webRolls: true, apiRolls: true, fails: false);

        DeploymentResult result = _time.Run(() => Pipeline().DeployAsync([NewWeb, Of("api", "1.1.0")]));

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
        State.Should().Be(New);
        _violations.Should().BeEmpty();
    }

    /// <summary>A batch that can't go back leaves the others with the new release, and the api that they need.</summary>
    [Test]
    public void Deploy_ABatchCantGoBack_WhatItNeedsStays()
    {
        Begin(webRolls: true, apiRolls: true, fails: true);
        _web.Before = (effect, _) => effect.Verb == "replace" && effect.Text.Contains("web_1.0.0_1", StringComparison.Ordinal) ? throw new DeploymentException("The image is gone.") : Task.CompletedTask;

        DeploymentResult result = _time.Run(() => Pipeline().DeployAsync([NewWeb, Of("api", "1.1.0")]));

        result.Outcome.Should().Be(DeploymentOutcome.NeedsAttention);
        State.Should().Be(New);
        result.Reason.Should().Contain("The image is gone.").And.Contain("'Undo: Replace slot 1 (batch 1 of 2)' was left out: traffic on on-web could not be given back");
    }

    [Test]
    public void Deploy_DiesAtEveryPoint_TheNextProcessEndsItTurnByTurn([Values] bool fails)
    {
        int points = 0;
        for (int point = 1; ; point++, points++)
        {
            Begin(webRolls: true, apiRolls: true, fails);
            var process = new SimulatedProcess(point);
            try
            {
                _time.Run(() => Pipeline(process).DeployAsync([NewWeb, Of("api", "1.1.0")]));
                break;
            }
            catch (SimulatedCrashException)
            {
            }

            _time.Clock.Advance(TimeSpan.FromMinutes(1));
            IReadOnlyList<DeploymentResult> results = _time.Run(() => Pipeline().ResumeAllAsync());
            string because = $"it died {process.Death}";
            _violations.Should().BeEmpty(because);
            if (results.Count == 0)
            {
                State.Should().BeOneOf([Old, fails ? Old : New], because);
                continue;
            }

            results.Should().ContainSingle().Which.Outcome.Should().Be(fails ? DeploymentOutcome.RolledBack : DeploymentOutcome.Succeeded, because);
            State.Should().Be(fails ? Old : New, because);
        }

        points.Should().BeGreaterThan(40);
    }

    /// <summary>What a person reads is what the engine does.</summary>
    [Test]
    public void ToMarkdown_GoingBackByHand_IsInTheSameOrder()
    {
        Begin(webRolls: true, apiRolls: true, fails: false);

        string text = _time.Run(() => Pipeline().PlanAsync([NewWeb, Of("api", "1.1.0")])).ToMarkdown();

        string[] undone = [.. text[text.IndexOf("## Going back", StringComparison.Ordinal)..].Split('\n').Where(line => line.Contains("Undo: ", StringComparison.Ordinal) || line.Contains("batch", StringComparison.Ordinal))];
        undone.Should().HaveCount(4);
        undone.Select(line => line.Contains("batch 2 of 2", StringComparison.Ordinal)).Should().Equal(true, false, true, false);
        text.IndexOf("web_1.0.0_1", text.IndexOf(undone[0], StringComparison.Ordinal), StringComparison.Ordinal)
            .Should().BeLessThan(text.IndexOf("api_1.0.0_1", text.IndexOf(undone[0], StringComparison.Ordinal), StringComparison.Ordinal));
    }

    private string State => $"{_web.Now.Traffic}, {_api.Now.Traffic}";

    private void Begin(bool webRolls, bool apiRolls, bool fails)
    {
        (_time, _store, _random) = (new VirtualTime(), new InMemoryDeploymentStore(), new Random(7));
        (_web, _api) = (new FakeTarget("on-web") { Instances = 2 }, new FakeTarget("on-api") { Instances = 2 });
        (_webRolls, _apiRolls, _fails) = (webRolls, apiRolls, false);
        _violations.Clear();
        _time.Run(() => Pipeline().DeployAsync([Of("web", "1.0.0").Requires("api", "[1.0,2.0)"), Of("api", "1.0.0")])).Outcome.Should().Be(DeploymentOutcome.Succeeded);
        State.Should().Be(Old);
        _time.Clock.Advance(TimeSpan.FromMinutes(1));
        _fails = fails;
        foreach (FakeTarget target in new[] { _web, _api })
        {
            target.After = (effect, _) =>
            {
                if (Serves(_web, "1.1.0") && Serves(_api, "1.0.0"))
                {
                    _violations.Add($"After '{effect.Text}' web {_web.Now.Traffic} met api {_api.Now.Traffic}.");
                }

                return Task.CompletedTask;
            };
        }
    }

    private static bool Serves(FakeTarget target, string version) => target.Now.Traffic.Shares.Any(share => share.Key.Version == version);

    /// <summary>It fails when no instance of the old web is left, so that all there is has to go back.</summary>
    private DeploymentPipeline Pipeline(SimulatedProcess? process = null)
    {
        process ??= new SimulatedProcess();
        return DeploymentPipeline.Create("platform")
            .Service("web", web => Strategy(web.DeployTo(process.Reach(_web)), _webRolls)
                .Check(new ScriptedCheck("web is well").Answers((_, _) => Task.FromResult(_fails && !Serves(_web, "1.0.0") ? Verdict.Fail("ill") : Verdict.Pass("well"))), Moment.Shifted))
            .Service("api", api => Strategy(api.DeployTo(process.Reach(_api)), _apiRolls))
            .UseStore(process.Reach(_store)).UseTimeProvider(_time.Clock).UseRandom(_random).UseCommands(new RecordingCommandRunner()).Build();
    }

    private static DeploymentPipelineBuilder Strategy(DeploymentPipelineBuilder service, bool rolls) => rolls
        ? service.UseRolling(rolling => (rolling.MaxUnavailable, rolling.MaxSurge) = (1, 0))
        : service.UseBlueGreen();
}
