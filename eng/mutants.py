"""Shows what mutation tests found: the score of each file, and each mutant that no test noticed."""
import json
import sys
from collections import Counter

NOTICED = ("Killed", "Timeout")
UNNOTICED = ("Survived", "NoCoverage")


def excerpt(lines, location, limit=110):
    start, end = location["start"], location["end"]
    text = lines[start["line"] - 1:end["line"]]
    text[-1] = text[-1][:end["column"] - 1]
    text[0] = text[0][start["column"] - 1:]
    return " ".join(" ".join(text).split())[:limit]


def score(count):
    noticed = sum(count[status] for status in NOTICED)
    unnoticed = sum(count[status] for status in UNNOTICED)
    return f"{100 * noticed / (noticed + unnoticed):5.1f}%  {noticed:4} of {noticed + unnoticed:4}" if noticed + unnoticed else None


def main(path):
    with open(path, encoding="utf-8") as report:
        files = json.load(report)["files"]

    total = Counter()
    survivors = []
    for name, file in sorted(files.items()):
        count = Counter(mutant["status"] for mutant in file["mutants"])
        if score(count) is None:
            continue
        total.update(count)
        short = name.split("/src/")[-1]
        print(f"{score(count)}  {short}")
        lines = file["source"].split("\n")
        for mutant in sorted(file["mutants"], key=lambda m: m["location"]["start"]["line"]):
            if mutant["status"] in UNNOTICED:
                at = mutant["location"]["start"]["line"]
                instead = " ".join(mutant["replacement"].split())[:110]
                survivors.append(f"{short}:{at} {mutant['status']}: {excerpt(lines, mutant['location'])}  ->  {instead}")

    print(f"{score(total) or '  no mutant'}  in all\n")
    print("\n".join(survivors))


if __name__ == "__main__":
    main(sys.argv[1])
