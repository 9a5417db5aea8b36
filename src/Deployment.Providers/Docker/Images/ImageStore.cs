using System.Text.Json;
using Deployment.Commands;
using Deployment.Providers.Docker.Cli;
using Deployment.Releases;

namespace Deployment.Providers.Docker.Images;

/// <summary>The images of one host.</summary>
internal sealed class ImageStore(DockerCli docker)
{
    private const string Prefix = "sha256:";

    /// <summary>Finds the digest that a tag stands for, and has the image at hand.</summary>
    /// <param name="reference">The image.</param>
    /// <param name="sha256">Its digest, where that is known.</param>
    /// <param name="pull">When to ask the registry.</param>
    /// <param name="timeout">How long a pull may take.</param>
    /// <param name="progress">Told what the tool prints.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>The digest.</returns>
    public async Task<string> PinAsync(ImageReference reference, string? sha256, ImagePull pull, TimeSpan timeout, Action<string>? progress, CancellationToken cancellationToken)
    {
        if (sha256 is not null && reference.Digest is not null && sha256 != reference.Digest)
        {
            throw new DeploymentException($"The image {reference} names one digest, and the artifact's Sha256 is another one ({sha256}). Leave one of them out.");
        }

        if ((sha256 ?? reference.Digest) is { } known)
        {
            await EnsureAsync(reference, known, pull, timeout, progress, cancellationToken);
            return known;
        }

        if (pull == ImagePull.Always || await LookAsync(reference.ToString(), cancellationToken) is null)
        {
            await PullAsync(reference, reference.ToString(), pull, timeout, progress, cancellationToken);
        }

        LocalImage image = await LookAsync(reference.ToString(), cancellationToken)
            ?? throw new DeploymentException($"{docker.Host.Name} has no image {reference} though it was just pulled. Something removed it; try again.");
        // What is not pulled is the same on several hosts by its id alone.
        string? digest = pull == ImagePull.Never ? image.Id : image.DigestIn(reference.Familiar);
        return digest ?? (pull == ImagePull.Always ? throw new DeploymentException($"{docker.Host.Name} has pulled {reference}, and knows no digest of it. Name the image by its digest.") : image.Id);
    }

    /// <summary>Makes sure that the image of a digest is on the host, and says by what reference it is run.</summary>
    public async Task<string> EnsureAsync(ImageReference reference, string sha256, ImagePull pull, TimeSpan timeout, Action<string>? progress, CancellationToken cancellationToken)
    {
        if (await FindAsync(reference, sha256, cancellationToken) is { } found)
        {
            return found;
        }

        await PullAsync(reference, reference.ByDigest(sha256), pull, timeout, progress, cancellationToken);
        return reference.ByDigest(sha256);
    }

    /// <summary>The image's id; null when the host lacks it.</summary>
    public async Task<string?> IdAsync(string reference, CancellationToken cancellationToken) => (await LookAsync(reference, cancellationToken))?.Id;

    /// <summary>Removes names of an image, and with its last one the image. What a container still uses stays.</summary>
    /// <exception cref="DeploymentException">Docker refuses.</exception>
    public async Task RemoveAsync(IEnumerable<string> references, CancellationToken cancellationToken)
    {
        foreach (string reference in references)
        {
            Command remove = docker.Line("image", "rm", reference);
            (CommandResult result, _) = await docker.TryAsync(remove, null, cancellationToken);
            // With a tag its digest goes as well, so the second one may be gone.
            if (result.ExitCode != 0 && !DockerErrors.IsNoSuchImage(result))
            {
                throw DockerErrors.Of(docker.Host, remove, result);
            }
        }
    }

    // An image without a registry has no digest but its own id, by which it is run.
    private async Task<string?> FindAsync(ImageReference reference, string sha256, CancellationToken cancellationToken) =>
        await LookAsync(reference.ByDigest(sha256), cancellationToken) is not null ? reference.ByDigest(sha256)
        : await LookAsync(Prefix + sha256, cancellationToken) is not null ? Prefix + sha256
        : null;

    private async Task PullAsync(ImageReference reference, string name, ImagePull pull, TimeSpan timeout, Action<string>? progress, CancellationToken cancellationToken)
    {
        if (pull == ImagePull.Never)
        {
            throw new DeploymentException($"{docker.Host.Name} has no image {name}, and Pull is {nameof(ImagePull.Never)}. Build or load {reference} there, or let it be pulled.");
        }

        Command command = docker.Line("pull", name) with { Timeout = timeout };
        await docker.RunAsync(command, progress, cancellationToken);
    }

    private async Task<LocalImage?> LookAsync(string reference, CancellationToken cancellationToken)
    {
        Command command = docker.Line("image", "inspect", "--format", "[{{json .Id}},{{json .RepoDigests}}]", reference);
        (CommandResult result, IReadOnlyList<string> lines) = await docker.TryAsync(command, null, cancellationToken);
        if (result.ExitCode != 0)
        {
            return DockerErrors.IsNoSuchImage(result) ? null : throw DockerErrors.Of(docker.Host, command, result);
        }

        try
        {
            using JsonDocument json = JsonDocument.Parse(lines.LastOrDefault(line => line.StartsWith('[')) ?? "");
            string id = json.RootElement[0].GetString() ?? "";
            string[] digests = json.RootElement[1].ValueKind == JsonValueKind.Array ? [.. json.RootElement[1].EnumerateArray().Select(digest => digest.GetString() ?? "")] : [];
            return new LocalImage(Hash(id) ?? throw new JsonException("The id is no SHA-256."), digests);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or IndexOutOfRangeException)
        {
            throw new DeploymentException($"What {docker.Host.Name} says of the image {Naming.Printable(reference)} can't be read: {error.Message}", error);
        }
    }

    private static string? Hash(string text) =>
        text.StartsWith(Prefix, StringComparison.Ordinal) && text[Prefix.Length..] is { Length: 64 } hash && hash.All(char.IsAsciiHexDigitLower) ? hash : null;

    private sealed record LocalImage(string Id, string[] Digests)
    {
        public string? DigestIn(string repository) => Digests
            .Where(digest => digest.StartsWith(repository + "@", StringComparison.Ordinal))
            .Select(digest => Hash(digest[(repository.Length + 1)..]))
            .FirstOrDefault(hash => hash is not null);
    }
}
