using System.Text;
using Deployment.Flags;
using Deployment.Strategies.FeatureFlags;

namespace Deployment.Tests.Strategies.FeatureFlags;

/// <summary>What the file looks like afterwards, and what is refused.</summary>
[Category("Unit")]
public sealed class JsonFeatureFlagFileTests
{
    private const string File = """
        {
          // Kept by the shop team.
          "Logging": { "Level": "Info" },
          "feature_management": {
            "feature_flags": [
              { "id": "search", "enabled": true }, /* long done */
              {
                "id": "checkout",
                "description": "Größere \"Karte\"",
                "enabled": false,
                "conditions": {
                  "requirement_type": "Any",
                  "client_filters": [
                    { "name": "Microsoft.Targeting", "parameters": { "Audience": { "Users": ["old"], "DefaultRolloutPercentage": 5, "Exclusion": { "Users": ["boss"] } } } },
                  ]
                }
              },
            ]
          }
        }

        """;

    private string _folder = "";

    private string Path => System.IO.Path.Combine(_folder, "flags.json");

    private JsonFeatureFlagFile Store => new(Path);

    [SetUp]
    public void MakeFolder()
    {
        _folder = Directory.CreateTempSubdirectory("flags-").FullName;
        System.IO.File.WriteAllText(Path, File);
    }

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task Write_ChangesTheFlagAlone()
    {
        string before = (await Store.ReadAsync("checkout", default))!;

        await Store.WriteAsync("checkout", Store.WithAudience(before, new FlagAudience { Users = ["ada"], Percent = 10 }), before, default);

        Approved.Verify("flag-file", await System.IO.File.ReadAllTextAsync(Path));
        Directory.EnumerateFiles(_folder).Select(System.IO.Path.GetFileName).Should().BeEquivalentTo("flags.json", "flags.json.lock");
    }

    [Test]
    public async Task Write_ThereAndBack_IsTheSameDefinition()
    {
        string before = (await Store.ReadAsync("checkout", default))!;
        await Store.WriteAsync("checkout", Store.WithAudience(before, FlagAudience.Everyone), before, default);

        await Store.WriteAsync("checkout", before, null, default);

        (await Store.ReadAsync("checkout", default)).Should().Be(before);
    }

    [Test]
    public async Task Write_OtherThanExpected_ChangesNothing()
    {
        string before = (await Store.ReadAsync("checkout", default))!;

        await FluentActions.Awaiting(() => Store.WriteAsync("checkout", Store.WithAudience(before, FlagAudience.Everyone), "{}", default)).Should().ThrowAsync<DeploymentException>().WithMessage("Somebody else changed*");

        (await System.IO.File.ReadAllTextAsync(Path)).Should().Be(File);
    }

    [Test]
    public async Task Write_AnotherProcessIsAtIt_IsRefusedAndWorksAfterwards()
    {
        string before = (await Store.ReadAsync("checkout", default))!;
        string after = Store.WithAudience(before, FlagAudience.Everyone);
        await using (new FileStream(Path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None))
        {
            await FluentActions.Awaiting(() => Store.WriteAsync("checkout", after, before, default)).Should().ThrowAsync<DeploymentException>().WithMessage("*only one run changes it at a time*");
        }

        await Store.WriteAsync("checkout", after, before, default);
        (await Store.ReadAsync("checkout", default)).Should().Be(after);
    }

    [Test]
    public async Task Write_KeepsTheModeOfTheFile()
    {
        const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;
        System.IO.File.SetUnixFileMode(Path, Mode);
        string before = (await Store.ReadAsync("checkout", default))!;

        await Store.WriteAsync("checkout", Store.WithAudience(before, FlagAudience.Everyone), before, default);

        System.IO.File.GetUnixFileMode(Path).Should().Be(Mode);
    }

    [Test]
    public async Task Write_ReaderBesideIt_NeverSeesAPart()
    {
        string closed = (await Store.ReadAsync("checkout", default))!;
        string open = Store.WithAudience(closed, new FlagAudience { Users = [.. Enumerable.Range(0, 5000).Select(number => $"user-{number}")] });
        using var done = new CancellationTokenSource();
        Task<int> reading = Task.Run(async () =>
        {
            int reads = 0;
            for (; !done.IsCancellationRequested || reads == 0; reads++)
            {
                (await Store.ReadAsync("checkout", default)).Should().BeOneOf(closed, open);
            }

            return reads;
        });
        for (int change = 0; change < 50; change++)
        {
            await Store.WriteAsync("checkout", change % 2 == 0 ? open : closed, null, default);
        }

        await done.CancelAsync();
        (await reading).Should().BePositive();
    }

    [Test]
    public async Task Write_FlagWithoutConditions_GetsATargetingFilter()
    {
        string before = (await Store.ReadAsync("search", default))!;

        Store.AudienceOf(before).IsEveryone.Should().BeTrue();
        Store.WithAudience("""{"id":"new","enabled":false}""", new FlagAudience { Percent = 10 }).Should().Be(
            """{"id":"new","enabled":true,"conditions":{"client_filters":[{"name":"Microsoft.Targeting","parameters":{"Audience":{"Users":[],"Groups":[],"DefaultRolloutPercentage":10}}}]}}""");
    }

    [Test]
    public void WithAudience_OtherConditions_AreKept() => Store.WithAudience("""{"id":"a","conditions":{"requirement_type":"Any"}}""", FlagAudience.Everyone).Should().StartWith(
        """{"id":"a","conditions":{"requirement_type":"Any","client_filters":[""");

    [TestCase(0, true)]
    [TestCase(100, true)]
    [TestCase(-0.001, false)]
    [TestCase(100.001, false)]
    public void Audience_ShareAtTheLimits(double share, bool isOne)
    {
        string text = share.ToString(System.Globalization.CultureInfo.InvariantCulture);
        Func<FlagAudience> read = () => Store.AudienceOf("""{"enabled":true,"conditions":{"client_filters":[{"name":"Targeting","parameters":{"Audience":{"DefaultRolloutPercentage":SHARE}}}]}}""".Replace("SHARE", text, StringComparison.Ordinal));

        if (isOne)
        {
            read().Percent.Should().Be(share);
        }
        else
        {
            read.Should().Throw<DeploymentException>().WithMessage("*no share of 0 to 100*");
        }
    }

    [Test]
    public async Task Write_WhatIsThereAlready_IsDoneWhateverWasExpected()
    {
        string there = (await Store.ReadAsync("checkout", default))!;

        await Store.WriteAsync("checkout", there, "{}", default);

        (await System.IO.File.ReadAllTextAsync(Path)).Should().Be(File, "an attempt that is made again finds its work done");
    }

    [Test]
    public void Commands_QuoteTheFileAndTheDefinition()
    {
        var store = new JsonFeatureFlagFile("/srv/it's/flags.json");

        store.WriteCommands("checkout", """{"id":"checkout","enabled":false}""").Should().Equal(
            """jq --argjson flag '{"id":"checkout","enabled":false}' '(.feature_management.feature_flags[] | select(.id == $flag.id)) |= $flag' '/srv/it'\''s/flags.json' > '/srv/it'\''s/flags.json.next'""",
            """chmod --reference='/srv/it'\''s/flags.json' '/srv/it'\''s/flags.json.next' && mv '/srv/it'\''s/flags.json.next' '/srv/it'\''s/flags.json'""");
        store.ReadCommands("checkout").Should().ContainSingle().Which.Should().EndWith("""'/srv/it'\''s/flags.json'""");
    }

    [Test]
    public void Make_PathIsBlank_IsRefused() => FluentActions.Invoking(() => new JsonFeatureFlagFile(" ")).Should().Throw<ArgumentException>();

    [TestCase("{\"id\":\"a\"}")]
    [TestCase("{\"id\":\"a\",\"enabled\":false,\"conditions\":{\"client_filters\":[{\"name\":\"Microsoft.TimeWindow\"}]}}")]
    public void WithAudience_ClosedForNobody_IsTheSame(string definition) => Store.WithAudience(definition, FlagAudience.Nobody).Should().Be(definition);

    [Test]
    public async Task Plan_ClosedFlagHasAnotherFilter_IsRefusedWithWords()
    {
        await System.IO.File.WriteAllTextAsync(Path, """{"feature_management":{"feature_flags":[{"id":"checkout","enabled":false,"conditions":{"client_filters":[{"name":"Microsoft.TimeWindow"}]}}]}}""");

        new FlagWorld(options => options.Store = Store).World.Errors().Should().Equal(
            "The flag 'checkout' in flags can't be opened in stages: it has the filters Microsoft.TimeWindow, and only a single Microsoft.Targeting can be opened in stages. Mend it in its store, or leave the flag out of the deployment.");
    }

    [Test]
    public async Task Read_UnknownFlag_IsNull() => (await Store.ReadAsync("Checkout", default)).Should().BeNull();

    [Test]
    public async Task Read_ByteOrderMark_IsKept()
    {
        await System.IO.File.WriteAllTextAsync(Path, File, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
        string before = (await Store.ReadAsync("checkout", default))!;

        await Store.WriteAsync("checkout", Store.WithAudience(before, FlagAudience.Everyone), before, default);

        (await System.IO.File.ReadAllBytesAsync(Path)).Should().StartWith(Encoding.UTF8.GetPreamble());
        Store.AudienceOf((await Store.ReadAsync("checkout", default))!).IsEveryone.Should().BeTrue();
    }

    [TestCase("", "can't be read")]
    [TestCase("[]", "The file is no object")]
    [TestCase("{}", "no list feature_management.feature_flags")]
    [TestCase("""{"FeatureManagement":{"checkout":true}}""", "no list feature_management.feature_flags")]
    [TestCase("""{"feature_management":[]}""", "feature_management is no object")]
    [TestCase("""{"feature_management":{"feature_flags":{}}}""", "feature_flags is no list")]
    [TestCase("""{"feature_management":{"feature_flags":[1]}}""", "an entry that is no object")]
    [TestCase("""{"feature_management":{"feature_flags":[{"enabled":true}]}}""", "a flag without an id")]
    [TestCase("""{"feature_management":{"feature_flags":[{"id":1}]}}""", "a flag without an id")]
    [TestCase("""{"feature_management":{"feature_flags":[{"id":"a"},{"id":"A"}]}}""", "has 2 flags 'a'")]
    [TestCase("""{"feature_management":{"feature_flags":[{"id":"a","id":"b"}]}}""", "can't be read")]
    [TestCase("""{"feature_management":{"feature_flags":[{"id":"a"}]}} more""", "can't be read")]
    [TestCase("""{"feature_management":{"feature_flags":[{"id":"a"}""", "can't be read")]
    public async Task Read_HostileFile_IsRefusedWithWords(string content, string words)
    {
        await System.IO.File.WriteAllTextAsync(Path, content);

        (await FluentActions.Awaiting(() => Store.ReadAsync("a", default)).Should().ThrowAsync<DeploymentException>()).Which.Message.Should().Contain(words).And.Contain(Path);
    }

    [Test]
    public async Task Read_DeepFileLinkOrNone_IsRefusedWithWords()
    {
        await System.IO.File.WriteAllTextAsync(Path, new string('[', 10_000));
        await FluentActions.Awaiting(() => Store.ReadAsync("a", default)).Should().ThrowAsync<DeploymentException>().WithMessage("*can't be read*");
        System.IO.File.Delete(Path);
        await FluentActions.Awaiting(() => Store.ReadAsync("a", default)).Should().ThrowAsync<DeploymentException>().WithMessage("There is no file with feature flags * or mend the path.");
        System.IO.File.CreateSymbolicLink(Path, "/etc/hostname");
        await FluentActions.Awaiting(() => Store.ReadAsync("a", default)).Should().ThrowAsync<DeploymentException>().WithMessage("*is a link*");
    }

    [TestCase("""{"enabled":"yes"}""", "neither true nor false")]
    [TestCase("""{"enabled":true,"conditions":1}""", "'conditions' is no object")]
    [TestCase("""{"enabled":true,"conditions":{"client_filters":1}}""", "'client_filters' is no list")]
    [TestCase("""{"enabled":true,"conditions":{"client_filters":[{"name":"Microsoft.TimeWindow"}]}}""", "only a single Microsoft.Targeting")]
    [TestCase("""{"enabled":true,"conditions":{"client_filters":[{"name":"Targeting","parameters":{"Audience":{"DefaultRolloutPercentage":101}}}]}}""", "no share of 0 to 100")]
    [TestCase("""{"enabled":true,"conditions":{"client_filters":[{"name":"Targeting","parameters":{"Audience":{"Users":[1]}}}]}}""", "no text")]
    [TestCase("[]", "no object")]
    [TestCase("nonsense", "no JSON")]
    public void Audience_DefinitionThatItCannotSay_IsRefusedWithWords(string definition, string words) =>
        FluentActions.Invoking(() => Store.AudienceOf(definition)).Should().Throw<DeploymentException>().Which.Message.Should().Contain(words);
}
