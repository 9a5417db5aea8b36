using System.Formats.Tar;
using System.Text;
using Deployment.Providers.Docker.Containers;
using Deployment.Secrets;

namespace Deployment.Providers.Docker.Tests.Containers;

public sealed class SecretFilesTests
{
    [Test]
    public void Archive_SecretsOfAllKinds_ComeOutAsTheyWere()
    {
        var secrets = new Dictionary<string, string> { ["EMPTY"] = "", ["LINES"] = "-----BEGIN-----\nabc\n", ["UNICODE"] = "pässwörd €\0 \U0001F511", ["LONG"] = new('x', 100_000) };
        Secret archive = SecretFiles.Archive(secrets.Select(secret => KeyValuePair.Create(secret.Key, new Secret(secret.Value))), DateTimeOffset.UnixEpoch);
        using var reader = new TarReader(new MemoryStream(Encoding.UTF8.GetBytes(archive.Reveal())));
        var seen = new Dictionary<string, string>();
        while (reader.GetNextEntry() is { } entry)
        {
            entry.Mode.Should().Be(UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
            seen[entry.Name] = entry.DataStream is null ? "" : new StreamReader(entry.DataStream, Encoding.UTF8).ReadToEnd();
        }

        seen.Should().BeEquivalentTo(secrets);
    }
}
