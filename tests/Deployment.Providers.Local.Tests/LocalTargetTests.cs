using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Targets;

namespace Deployment.Providers.Local.Tests;

[Category("Unit")]
public sealed class LocalTargetTests
{
    [Test]
    public void Listening_ManyErrors_AreReportedTogether() =>
        FluentActions.Invoking(() => LocalTarget.Listening(0, options =>
        {
            options.Name = "a b";
            options.StateFolder = "relative";
            options.Instances = 0;
            options.StartTimeout = TimeSpan.Zero;
            options.DrainDeadline = TimeSpan.FromSeconds(-1);
            options.StopGrace = TimeSpan.FromDays(2);
            options.Address = "localhost";
            options.Router.Tls = [TlsCertificate.Pem("relative.pem", "/key.pem").For("a b")];
            options.Router.TrustedProxies = ["10.0.0.1/8"];
            options.Router.ResponseTimeout = TimeSpan.Zero;
            options.Router.WebSocketGrace = TimeSpan.FromDays(2);
            options.Router.Limits.MaxHeaderCount = 0;
            options.Router.Limits.HeaderTimeout = TimeSpan.Zero;
        })).Should().Throw<DeploymentValidationException>().Which.Errors.Should().HaveCount(15);

    [Test]
    public async Task Observe_CertificateMissing_IsAProblemBeforeAnythingIsDone()
    {
        LocalTarget target = LocalTarget.Listening(8080, options =>
        {
            options.StateFolder = "/nowhere/state";
            options.Router.Tls = [TlsCertificate.Pem("/nowhere/shop.pem", "/nowhere/shop.key")];
        });

        (await target.ObserveAsync(CancellationToken.None)).Problems.Should().ContainSingle(problem => problem.Contains("/nowhere/shop.pem"));
    }

    [Test]
    public void Route_RouterOptions_AreInThePlanWhereTheyDifferFromTheDefaults()
    {
        LocalTarget plain = LocalTarget.Listening(8080, options => options.StateFolder = "/srv/state");
        LocalTarget special = LocalTarget.Listening(8080, options =>
        {
            options.StateFolder = "/srv/state";
            options.Router.Tls = [TlsCertificate.Pem("/etc/shop.pem", "/etc/shop.key")];
            options.Router.ResponseTimeout = TimeSpan.FromSeconds(5);
        });

        string.Concat(Route(plain)).Should().Contain("\"router\":{},\"upstream\":{}", "nothing would ask for what stands already");
        string.Concat(Route(special)).Should().Contain("\"router\":{\"tls\":[{\"certificate\":\"/etc/shop.pem\",\"key\":\"/etc/shop.key\"")
            .And.Contain("}]},\"upstream\":{\"responseSeconds\":5}");

        static IEnumerable<string> Route(LocalTarget target) =>
            target.Verbs.Single(verb => verb.Name == "route").Describe(target.Route(TrafficSplit.AllTo(new RevisionId("shop", "1.0.0", 1))).Arguments).Commands;
    }

    [Test]
    public void Listening_StateFolderTooLongForSockets_TellsWhatToDo() =>
        FluentActions.Invoking(() => LocalTarget.Listening(80, options => options.StateFolder = "/" + new string('x', 100)))
            .Should().Throw<DeploymentValidationException>().WithMessage("*Unix socket*shorter path*");

    [Test]
    public void Listening_OptionsChangedLater_ChangeNothing()
    {
        LocalTargetOptions? kept = null;
        LocalTarget target = LocalTarget.Listening(8080, options => kept = options);
        Operation before = target.Install(App());

        kept!.Instances = 5;

        target.Install(App()).Should().Be(before);
    }

    [Test]
    public void Name_Default_IsThatOfThePort() => LocalTarget.Listening(8080).Name.Should().Be("local-8080");

    [Test]
    public void Refuses_OtherKinds_NamesWhatItTakes()
    {
        LocalTarget target = LocalTarget.Listening(8080);

        target.Refuses(new Artifact { Kind = "image" }).Should().Contain("Artifact.Process");
        target.Refuses(App().Release.Artifact).Should().BeNull();
    }

    [Test]
    public void Describe_Install_IsPureAndShowsSecretsByName()
    {
        LocalTarget target = LocalTarget.Listening(8080, options => options.StateFolder = "/srv/state");
        Revision revision = App() with { Release = App().Release.WithSecret("DB", "shop-db").WithSetting("MODE", "fast") };
        Operation install = target.Install(revision);

        VerbDescription shown = target.Verbs.Single(verb => verb.Name == "install").Describe(install.Arguments);

        shown.Commands.Should().Equal(
            "EPOCH=$(curl -sS --fail-with-body --unix-socket /srv/state/supervisor.sock 'http://local/epoch?application=shop')",
            "# Set DB to the secret shop-db first.",
            ": \"${DB:?}\" && printf %s \"$DB\" | curl -sS --fail-with-body --unix-socket /srv/state/supervisor.sock -X PUT -H \"Deployment-Epoch: $EPOCH\" --data-binary @- http://local/targets/local-8080/revisions/shop_1.0.0_1/secrets/DB",
            "curl -sS --fail-with-body --unix-socket /srv/state/supervisor.sock -X PUT -H \"Deployment-Epoch: $EPOCH\" -d "
                + "'{\"command\":[\"shop\",\"it'\\''s\"],\"workingFolder\":\"/srv/shop\",\"environment\":{\"MODE\":\"fast\"},\"secrets\":[\"DB\"],\"instances\":1,\"startSeconds\":30,\"stopSeconds\":10}' "
                + "http://local/targets/local-8080/revisions/shop_1.0.0_1");
        shown.Expected.Should().Be("One instance of shop_1.0.0_1 accepts connections and takes no traffic.");
        shown.Verification.Should().Be("Every instance runs and accepts connections.");
        shown.VerificationCommands.Should().Equal("curl -sS --fail-with-body --unix-socket /srv/state/supervisor.sock http://local/targets/local-8080");
    }

    [Test]
    public void Prerequisites_NameMachineUserToolsAndTheLineThatStartsTheSupervisor()
    {
        LocalTarget target = LocalTarget.Listening(8080, options => options.StateFolder = "/srv/my state");

        IReadOnlyList<Prerequisite> needed = target.Prerequisites;

        needed.Should().HaveCount(2);
        needed[0].Text.Should().Contain(Environment.UserName).And.Contain(Environment.MachineName).And.Contain("/srv/my state").And.Contain("curl");
        needed[1].Commands[0].Should().MatchRegex("^nohup '?/[^ ]*dotnet'? exec --runtimeconfig '/srv/my state/host/[0-9a-f]{16}/Deployment.Providers.Local.runtimeconfig.json' '/srv/my state/host/[0-9a-f]{16}/Deployment.Providers.Local.dll' supervisor '/srv/my state' >>'/srv/my state/supervisor.log' 2>&1 </dev/null &$");
        Directory.Exists("/srv/my state").Should().BeFalse("planning makes nothing");
        LocalTarget.Listening(8081, options => options.StateFolder = "/srv/my state").Prerequisites.Should().BeEquivalentTo(needed, "targets of one folder need the same, each time");
    }

    [Test]
    public void Capability_OfTestersAndUsersWhoStay_DependsOnTheOptions()
    {
        LocalTarget plain = LocalTarget.Listening(8080);
        var seen = new Observation { Target = plain.Name };

        plain.Capability<IRouteTesters>(seen).Should().BeNull("no header and no cookie tells testers");
        plain.Limits.KeepsUsers.Should().BeFalse();
        foreach (Action<LocalTargetOptions> set in new Action<LocalTargetOptions>[] { options => options.TesterHeader = "X-Try", options => options.TesterCookie = "try" })
        {
            LocalTarget.Listening(8080, set).Capability<IRouteTesters>(seen).Should().NotBeNull();
        }

        foreach (Action<LocalTargetOptions> set in new Action<LocalTargetOptions>[] { options => options.StickyHeader = "X-User", options => options.StickyCookie = "user" })
        {
            LocalTarget.Listening(8080, set).Limits.KeepsUsers.Should().BeTrue();
        }

        plain.Capability<ISplitTraffic>(seen).Should().NotBeNull();
    }

    [TestCase("127.0.0.1", "", "/", false, "curl -sS -i -H 'X-Try: shop_1.0.0_1' http://127.0.0.1:8080/")]
    [TestCase("0.0.0.0", "", "/cart", false, "curl -sS -i -H 'X-Try: shop_1.0.0_1' http://127.0.0.1:8080/cart/")]
    [TestCase("::", "", "/", false, "curl -sS -i -H 'X-Try: shop_1.0.0_1' 'http://[::1]:8080/'")]
    [TestCase("127.0.0.1", "*.example.com", "/", false, "curl -sS -i -H 'X-Try: shop_1.0.0_1' --resolve www.example.com:8080:127.0.0.1 http://www.example.com:8080/")]
    [TestCase("127.0.0.1", "", "/", true, "curl -sS -i -H 'X-Try: shop_1.0.0_1' --resolve shop.example.com:8080:127.0.0.1 https://shop.example.com:8080/")]
    public void TesterCommands_AskOverTheUsersWayIn(string address, string host, string path, bool tls, string line)
    {
        LocalTarget target = LocalTarget.Listening(8080, options =>
        {
            options.TesterHeader = "X-Try";
            options.TesterCookie = "try";
            options.Address = address;
            options.PathPrefix = path;
            if (host.Length > 0)
            {
                options.Hosts.Add(host);
            }

            if (tls)
            {
                options.Router.Tls = [TlsCertificate.Pem("/a.pem", "/a.key"), TlsCertificate.Pem("/b.pem", "/b.key").For("shop.example.com")];
            }
        });

        target.TesterCommands(new RevisionId("shop", "1.0.0", 1)).Should().Equal(line);
    }

    [Test]
    public void TesterCommands_WithACookieAlone_SendIt() => LocalTarget.Listening(8080, options => options.TesterCookie = "try").TesterCommands(new RevisionId("shop", "1.0.0", 1))
        .Should().Equal("curl -sS -i --cookie 'try=shop_1.0.0_1' http://127.0.0.1:8080/");

    [Test]
    public void Install_SettingWithNulCharacter_IsRefused() =>
        FluentActions.Invoking(() => LocalTarget.Listening(8080).Install(App() with { Release = App().Release.WithSetting("A", "b\0c") }))
            .Should().Throw<DeploymentValidationException>().WithMessage("*NUL*");

    [TestCase(true)]
    [TestCase(false)]
    public void Install_SettingOrSecretPort_IsRefusedByName(bool secret)
    {
        Release release = secret ? App().Release.WithSecret("PORT", "SHOP_PORT") : App().Release.WithSetting("PORT", "8080");

        FluentActions.Invoking(() => LocalTarget.Listening(8080).Install(App() with { Release = release }))
            .Should().Throw<DeploymentValidationException>().WithMessage("*The setting PORT can't be set*{port}*");
        FluentActions.Invoking(() => LocalTarget.Workers("mailer").Install(App() with { Release = release })).Should().NotThrow("workers are given none");
    }

    [Test]
    public void Listening_StickyCookieThatCantBeIssued_IsRefusedWithAllReasons()
    {
        FluentActions.Invoking(() => LocalTarget.Listening(80, options =>
        {
            options.IssueStickyCookie = true;
            options.StickyCookieLifetime = TimeSpan.FromDays(401);
            options.PathPrefix = "/a;b";
        })).Should().Throw<DeploymentValidationException>().WithMessage("*set StickyCookie*1 s to 400 days*path of a cookie*");
        FluentActions.Invoking(() => LocalTarget.Listening(80, options =>
        {
            options.StickyCookie = "user";
            options.StickyCookieLifetime = TimeSpan.FromDays(1);
        })).Should().Throw<DeploymentValidationException>().WithMessage("*set IssueStickyCookie*");
    }

    private static Revision App() => new(new RevisionId("shop", "1.0.0", 1), Release.Of("shop", "1.0.0", Artifact.Process("shop", "it's").In("/srv/shop")));
}
