using Deployment.Environments;
using Deployment.Health;
using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Store;

namespace Deployment.Tests.Environments;

[Category("Unit")]
public sealed class HotfixTests
{
    private static readonly RunOverrides Hotfix = RunOverrides.Hotfix("the till is down");

    /// <summary>What the plain plan has and the hotfix's lacks is what it says that it leaves out, and nothing else.</summary>
    [Test]
    public void Plan_Hotfix_LeavesOutExactlyWhatItNames()
    {
        Stages stages = LiveEverywhere();
        Release release = Stages.Version("1.1.0", 'b');
        stages.Passes("development", release);
        stages.Passes("staging", release);
        Runbook plain = stages.Plan("production", release), hotfix = stages.Plan("production", release, Hotfix);

        plain.Hotfix.Should().BeNull();
        plain.Steps.Select(Name).Except(hotfix.Steps.Select(Name)).Should().Equal(
            "window Wait for the window of production",
            "wait Bake at 10% 00:05:00",
            "check performance",
            "effect Shift 25% to shop_1.1.0_1",
            "wait Bake at 25% 00:05:00",
            "effect Shift 50% to shop_1.1.0_1",
            "wait Bake at 50% 00:05:00",
            "wait Bake at 100% 00:05:00");
        hotfix.Steps.Select(Name).Except(plain.Steps.Select(Name)).Should().Equal("wait Bake at 10% 00:00:30", "wait Bake at 100% 00:00:30");
        hotfix.Hotfix!.LeftOut.Should().Equal(
            "The window, Monday, Tuesday, Wednesday, Thursday, Friday 09:00–16:00 UTC.",
            "The check 'performance'.",
            "The canary's step of 25%.",
            "The canary's step of 50%.",
            "Nine tenths of the wait 'Bake at 10%': it lasts 30 s instead of 5 min.",
            "Nine tenths of the wait 'Bake at 100%': it lasts 30 s instead of 5 min.");
    }

    [Test]
    public void Deploy_Hotfix_ComesWithoutStaging_AndLogsAllThatItLeftOut()
    {
        Stages stages = LiveEverywhere();
        stages.Production = stages.Production with { ApprovalBy = null };
        stages.Performance = _ => Verdict.Fail("slow");

        DeploymentResult result = stages.Deploy("production", Stages.Version("1.1.0", 'b'), Hotfix);

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
        result.Runbook.Hotfix!.LeftOut.Should().Contain("To have passed staging.");
        result.Log.Entries.Where(entry => entry.Kind == JournalEntryKind.Overridden).Select(entry => entry.Text).Should().Equal(
            ["It is a hotfix, because: the till is down", .. result.Runbook.Hotfix.LeftOut.Select(what => $"Left out by the hotfix: {what}")]);
        result.Log.Entries.Take(2).Select(entry => entry.Kind).Should().Equal(JournalEntryKind.RunStarted, JournalEntryKind.Overridden);
        foreach (string what in result.Runbook.Hotfix.LeftOut.Append("the till is down"))
        {
            result.Runbook.ToMarkdown().Should().Contain(Deployment.Reports.Markdown.Text(what));
            result.Runbook.ToJson().Should().Contain(what);
            stages.Log.Lines.Should().Contain(line => line.Contains(what, StringComparison.Ordinal));
        }

        stages.Runs().Single(run => run.Id == result.RunId).Hotfix.Should().Be("the till is down");
        Approved.Verify("hotfix", string.Join('\n', result.Log.Entries.Select(entry => $"{entry.Kind} {entry.Step}".TrimEnd() + (entry.Text is null ? "" : ": " + entry.Text))));
    }

    [Test]
    public void ToMarkdown_OfAHotfix_IsThisText() =>
        Approved.Verify("hotfix-runbook", LiveEverywhere().Plan("production", Stages.Version("1.1.0", 'b'), Hotfix).ToMarkdown());

    [Test]
    public void Deploy_HotfixFailsACriticalCheck_GoesBack()
    {
        Stages stages = LiveEverywhere();
        stages.Production = stages.Production with { ApprovalBy = null };
        DeploymentPipeline pipeline = stages.Pipeline("production", more: builder => builder
            .Check(new ScriptedCheck("payments").Answers((_, _) => Task.FromResult(Verdict.Fail("declined"))), Moment.Shifted, critical: true));

        stages.Time.Run(() => pipeline.DeployAsync(Stages.Version("1.1.0", 'b'), Hotfix)).Outcome.Should().Be(DeploymentOutcome.RolledBack);

        stages.Live("production").Should().Be("shop_1.0.0_1=100");
    }

    [Test]
    public void Deploy_HotfixOfAReleaseThatWasRolledBack_NeedsThatReasonAsWell()
    {
        Stages stages = LiveEverywhere();
        stages.RollBackOf("production", Stages.Version("1.1.0", 'b'));

        stages.Refusals("production", Stages.Version("1.1.0", 'b'), Hotfix).Should().ContainSingle().Which.Should().Contain("was rolled back");
        stages.Deploy("production", Stages.Version("1.1.0", 'b'), Hotfix with { RolledBackReason = "the till was to blame" }).Outcome.Should().Be(DeploymentOutcome.Succeeded);
    }

    [Test]
    public void Plan_PolicyApprovesHotfixes_OrNot_ThePersonStandsThereOrIsNamed()
    {
        Stages stages = LiveEverywhere();
        stages.Plan("production", Stages.Version("1.1.0", 'b'), Hotfix).Steps.OfType<ApprovalStep>().Select(step => step.Title).Should().Equal("Go/No-Go by approver for production");

        stages.Production = stages.Production with { ApprovesHotfixes = false };
        Runbook plan = stages.Plan("production", Stages.Version("1.1.0", 'b'), Hotfix);
        plan.Steps.OfType<ApprovalStep>().Should().BeEmpty();
        plan.Hotfix!.LeftOut.Should().Contain("The Go/No-Go by approver.");
    }

    [Test]
    public void Plan_HotfixWithoutATag_IsRefused() =>
        LiveEverywhere().Refusals("production", Stages.Version("1.1.0", 'b') with { Tag = null }, Hotfix).Should().ContainSingle().Which.Should().Contain("tagged");

    [Test]
    public void Plan_HotfixOfUnknownContent_SaysSo() => LiveEverywhere()
        .Plan("production", Release.Of("shop", "1.1.0", Artifact.Process("shop")) with { Tag = "v1.1.0" }, Hotfix)
        .Hotfix!.LeftOut.Should().Contain("To have passed staging; nothing says what is in the artifact.");

    [Test]
    public void Retry_OfAHotfixThatStandsInPart_IsTheSameHotfix()
    {
        Stages stages = LiveEverywhere();
        stages.Production = stages.Production with { ApprovalBy = null };
        var second = new FakeTarget("production-2");
        bool declines = true;
        var payments = new ScriptedCheck("payments").Answers((context, _) => Task.FromResult(declines && context.Subject.Target == second.Name ? Verdict.Fail("declined") : Verdict.Pass("paid")));
        DeploymentPipeline pipeline = stages.Pipeline("production", more: builder => builder
            .DeployTo(second).WithLanes(new LanePolicy { MaxFailures = 1 }).Check(payments, Moment.Shifted, critical: true));
        DeploymentResult part = stages.Time.Run(() => pipeline.DeployAsync(Stages.Version("1.1.0", 'b'), Hotfix));
        part.Outcome.Should().Be(DeploymentOutcome.PartlySucceeded, part.Reason);
        declines = false;

        DeploymentResult rest = stages.Time.Run(() => pipeline.RetryAsync(part.RunId));

        rest.Outcome.Should().Be(DeploymentOutcome.Succeeded, rest.Reason);
        rest.Runbook.Targets.Select(target => target.Target).Should().Equal(second.Name);
        rest.Runbook.Hotfix!.Reason.Should().Be("the till is down");
        FluentActions.Invoking(() => stages.Time.Run(() => pipeline.PlanAsync(Stages.Version("1.1.0", 'b')))).Should().Throw<DeploymentValidationException>("it never passed staging");
    }

    [Test]
    public void Retry_OfARunThatWentBack_NeedsAReason()
    {
        Stages stages = LiveEverywhere();
        stages.Performance = _ => Verdict.Fail("slow");
        DeploymentResult failed = stages.Deploy("development", Stages.Version("1.1.0", 'b'));
        stages.Performance = _ => Verdict.Pass("fast");
        DeploymentPipeline pipeline = stages.Pipeline("development");

        FluentActions.Invoking(() => stages.Time.Run(() => pipeline.RetryAsync(failed.RunId))).Should().Throw<DeploymentValidationException>().WithMessage($"*was rolled back*{failed.RunId}*");
        stages.Time.Run(() => pipeline.RetryAsync(failed.RunId, RunOverrides.AllowRolledBack("the disk was slow"))).Outcome.Should().Be(DeploymentOutcome.Succeeded);
    }

    [TestCase("")]
    [TestCase("two\nlines")]
    public void Hotfix_ReasonThatIsNone_IsRefused(string reason)
    {
        FluentActions.Invoking(() => RunOverrides.Hotfix(reason)).Should().Throw<DeploymentException>();
        FluentActions.Invoking(() => RunOverrides.AllowRolledBack(reason)).Should().Throw<DeploymentException>();
    }

    private static Stages LiveEverywhere()
    {
        var stages = new Stages();
        foreach (string environment in Stages.Names)
        {
            stages.Passes(environment, Stages.Version("1.0.0", 'a'));
        }

        stages.Production = EnvironmentPolicy.Production(DeploymentWindow.Weekdays(new(9, 0), new(16, 0)));
        return stages;
    }

    private static string Name(RunbookStep step) => step switch
    {
        WaitStep wait => $"wait {wait.Title} {wait.Duration}",
        WindowStep => $"window {step.Title}",
        CheckStep { Duration: { } duration } => $"wait {step.Title} {duration}",
        CheckStep check => $"check {check.Check}",
        ApprovalStep => $"approval {step.Title}",
        _ => $"effect {step.Title}",
    };
}
