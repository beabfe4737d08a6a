class Caption:
    start: str
    end: str
    text: str
    raw_text: str
    identifier: str | None

def read(file: str) -> list[Caption]: ...
