using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Deployment.Commands;
using Deployment.Providers.Docker.Cli;
using Deployment.Providers.Docker.Containers;
using Deployment.Providers.Docker.Images;
using Deployment.Releases;

namespace Deployment.Providers.Docker.Tests.Targets;

/// <summary>What comes from outside reaches Docker as it is, or is refused: 100,000 random values and as many random names of images.</summary>
public sealed class NamesTests : DockerTest
{
    private const int Count = 100_000;
    private static readonly string[] Pieces = ["'", "\"", "\n", "\r", "\t", " ", "-", "--", "$(id)", "`id`", "$HOME", "\\", ";", "|", "&", "*", "?", "{{.}}", "%s", "=", ",", ":", "@", "/", "..", "é", "漢", "\U0001F511", "\u2028", "a", "Z", "0", "_", ".", "#", "<", ">", "\u0001", "\u007f"];
    private static readonly string[] NamePieces = ["shop", "web", "api", "team", "x9", "1", "shop", "a", "0", "-", "--", ".", "_", "__", "/", ":", "@", "A", "localhost/", "r.io/", "r:5000/", "@sha256:", new string('a', 64), " ", "\n", "$(id)", "'", "-v", ":1.0", ":v_1-2", "[::1]:5000/"];

    [Test]
    public async Task Values_RandomOnes_ReachDockerAsTheyAre()
    {
        const int each = 1000;
        var random = new Random(7);
        string image = "sha256:" + await new ImageStore(Cli).IdAsync(await World.Images.ShopAsync("1.0.0"), CancellationToken.None);
        for (int i = 0; i < Count / each; i++)
        {
            var values = Enumerable.Range(0, each).ToImmutableSortedDictionary(number => $"V{number}", _ => Text(random, Pieces, 12), StringComparer.Ordinal);
            var creation = new ContainerCreation { Target = Name, Revision = RevisionId.Parse("shop_1.0.0_1"), Slot = $"{i + 1}", Host = Host, Spec = new ContainerSpec { Image = "shop:1.0.0", Sha256 = new string('a', 64), Environment = values, Command = [values["V0"], values["V1"]] } };
            string id = (await Cli.RunAsync(CancellationToken.None, creation.Arguments(image, (int?)null, 1)))[^1];
            string seen = string.Concat(await Cli.RunAsync(Cli.Line("container", "inspect", "--format", "{{json .Config.Env}}\n{{json .Config.Cmd}}", id), null, CancellationToken.None));
            int end = seen.LastIndexOf("][", StringComparison.Ordinal) + 1;
            var environment = JsonSerializer.Deserialize<string[]>(seen[..end])!.Select(variable => variable.Split('=', 2)).ToDictionary(variable => variable[0], variable => variable[1]);
            foreach ((string name, string value) in values)
            {
                environment[name].Should().Be(value);
            }

            JsonSerializer.Deserialize<string[]>(seen[end..]).Should().Equal(values["V0"], values["V1"]);
            await Cli.RunAsync(CancellationToken.None, "rm", id);
        }
    }

    [Test]
    public async Task ImageNames_RandomOnes_AreRefusedOrTakenByDockerAsTheyAre()
    {
        var random = new Random(11);
        var taken = new HashSet<string>(StringComparer.Ordinal);
        int refused = 0;
        for (int i = 0; i < Count; i++)
        {
            string name = Text(random, NamePieces, 6);
            if (ImageReference.TryParse(name, out ImageReference? reference))
            {
                taken.Add(reference.ToString());
            }
            else
            {
                refused++;
            }
        }

        await TestContext.Out.WriteLineAsync($"{refused} refused, {taken.Count} different ones asked of Docker");
        refused.Should().BePositive();
        taken.Count.Should().BeGreaterThan(1000);
        foreach (string[] names in taken.Chunk(500))
        {
            Command inspect = Cli.Line(["image", "inspect", .. names]);
            List<string> said = [];
            CommandResult result = await new CommandRunner(TimeProvider.System).RunAsync(inspect, new CommandObserver { Line = said.Add }, CancellationToken.None);
            result.ExitCode.Should().Be(1);
            said.Where(line => line.StartsWith("Error", StringComparison.Ordinal)).Should().OnlyContain(line => line.Contains(": No such image: ", StringComparison.Ordinal), "Docker takes what was not refused");
            said.Select(line => line.Split("No such image: ")[^1]).Should().Contain(names);
        }
    }

    private DockerCli Cli => new(Host, "docker", new CommandRunner(TimeProvider.System), TimeSpan.Zero, TimeProvider.System);

    private static string Text(Random random, string[] pieces, int most)
    {
        var text = new StringBuilder();
        for (int left = random.Next(1, most + 1); left > 0; left--)
        {
            text.Append(pieces[random.Next(pieces.Length)]);
        }

        return text.ToString();
    }
}
