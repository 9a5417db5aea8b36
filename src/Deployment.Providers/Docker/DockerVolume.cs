namespace Deployment.Providers.Docker;

/// <summary>What a container finds mounted.</summary>
/// <param name="Source">A folder of the host, absolute, or the name of a volume, which is made where there is none: 2 to 128 letters, digits, '_', '.' or '-'.</param>
/// <param name="Destination">Where, in the container: an absolute path.</param>
/// <param name="ReadOnly">Whether the container can't write there.</param>
public sealed record DockerVolume(string Source, string Destination, bool ReadOnly = false)
{
    internal bool IsFolder => Source.StartsWith('/');

    internal IEnumerable<string> Problems()
    {
        // Docker reads a mount as a line of comma-separated values.
        if (!IsPlain(Source) || !(IsFolder || Containers.DockerNames.IsName(Source)))
        {
            yield return $"A volume's source is '{Releases.Naming.Printable(Source ?? "")}': it must be an absolute path without ',', '\"' and control characters, or the name of a volume.";
        }

        if (!IsPlain(Destination) || !Destination.StartsWith('/'))
        {
            yield return $"A volume's destination is '{Releases.Naming.Printable(Destination ?? "")}': it must be an absolute path without ',', '\"' and control characters.";
        }
    }

    private static bool IsPlain(string? text) => text is { Length: > 0 and <= 1024 } && !text.Any(c => char.IsControl(c) || c is ',' or '"');
}
